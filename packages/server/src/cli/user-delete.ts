import type { Command } from "commander";
import { finishErasure, markForErasure } from "../account/erase-account.ts";
import { accountIdOf } from "./account-argument.ts";
import { announceEnded } from "./announce-ended.ts";
import { askOrRefuse } from "./ask.ts";
import { withMigrated } from "./with-migrated.ts";

export function addUserDelete(user: Command): void {
  user
    .command("delete")
    .description("erase an account and everything it has on this server; asks")
    .argument("<account>", "e-mail address or id")
    .option("--yes", "do not ask")
    .addHelpText("after", "\nThere is no way back but a backup. What is on the person's devices stays there.")
    .action(async (account: string, { yes }: { yes?: true }) => {
      await withMigrated(async ({ pool }) => {
        const userId = await accountIdOf(pool, account);
        await askOrRefuse(`Erase ${account} and everything it has here?`, yes);
        await markForErasure(pool, userId);
        await announceEnded(pool, userId);
        await finishErasure(pool, userId);
      });
      process.stdout.write(`Erased ${account}.\n`);
    });
}
