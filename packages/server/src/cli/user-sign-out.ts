import type { Command } from "commander";
import type { Pool } from "pg";
import { findSignedInAccounts, signOut } from "../admin/sign-out.ts";
import { OperatorError } from "../operator-error.ts";
import { accountIdOf } from "./account-argument.ts";
import { announceEnded } from "./announce-ended.ts";
import { askOrRefuse } from "./ask.ts";
import { printJson } from "./print.ts";
import { withMigrated } from "./with-migrated.ts";

type Options = { all?: true; yes?: true; json?: true };

export function addUserSignOut(user: Command): void {
  user
    .command("sign-out")
    .description("end every session of an account, or of all: devices have to sign in again, and keep what they have")
    .argument("[account]", "e-mail address or id")
    .option("--all", "every account; asks")
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
After a suspected leak of the server's secrets replace them first, and restart: new secrets alone end no session, because
refresh tokens are stored as hashes and stay good.`,
    )
    .action(async (account: string | undefined, { all, yes, json }: Options) => {
      if ((account === undefined) !== (all === true)) {
        throw new OperatorError("Name one account, or say --all.", { exitCode: 2 });
      }
      if (all === true) await askOrRefuse("End the sessions of every account?", yes);
      const ended = await withMigrated(async ({ pool }) => {
        const userIds = account === undefined ? await findSignedInAccounts(pool) : [await accountIdOf(pool, account)];
        await signOutEach(pool, userIds);
        return userIds.length;
      });
      if (json === true) printJson({ signed_out: ended });
      else process.stdout.write(`Signed out ${account ?? `${ended} accounts`}.\n`);
    });
}

async function signOutEach(pool: Pool, userIds: readonly string[]): Promise<void> {
  for (const userId of userIds) {
    await signOut(pool, userId);
    await announceEnded(pool, userId);
  }
}
