import type { Command } from "commander";
import { disableAccount } from "../admin/set-disabled.ts";
import { accountIdOf } from "./account-argument.ts";
import { announceEnded } from "./announce-ended.ts";
import { withMigrated } from "./with-migrated.ts";

export function addUserDisable(user: Command): void {
  user
    .command("disable")
    .description("end an account's sessions and let nobody sign in to it; its data stays")
    .argument("<account>", "e-mail address or id")
    .action(async (account: string) => {
      await withMigrated(async ({ pool }) => {
        const userId = await accountIdOf(pool, account);
        await disableAccount(pool, userId);
        await announceEnded(pool, userId);
      });
      process.stdout.write(`Disabled ${account}. Its devices keep what they have and sync again once it is enabled.\n`);
    });
}
