import type { Command } from "commander";
import { createInvitation } from "../auth/invitations.ts";
import { readDays } from "./arguments.ts";
import { printJson } from "./print.ts";
import { withMigrated } from "./with-migrated.ts";

export function addUserInvite(user: Command): void {
  user
    .command("invite")
    .description("make an invitation to register, good once; with REGISTRATION=invite it is needed")
    .argument("[email]", "good for this address only")
    .option("--days <count>", "how long it is good", readDays, 7)
    .option("--json", "print JSON")
    .addHelpText("after", "\nIt is printed once, and only its hash is kept: send it to the person.")
    .action(async (email: string | undefined, { days, json }: { days: number; json?: true }) => {
      const options = { validDays: days, ...(email === undefined ? {} : { email }) };
      const invitation = await withMigrated(({ pool, config }) => {
        if (config.registration !== "invite") {
          process.stderr.write(
            `REGISTRATION is ${config.registration}: an invitation is asked for only when it is invite.\n`,
          );
        }
        return createInvitation(pool, options);
      });
      if (json === true) printJson({ invitation, email: email ?? null, days });
      else process.stdout.write(`${invitation}\n`);
    });
}
