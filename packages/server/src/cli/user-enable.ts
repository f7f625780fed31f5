import type { Command } from "commander";
import { enableAccount } from "../admin/set-disabled.ts";
import { OperatorError } from "../operator-error.ts";
import { accountIdOf } from "./account-argument.ts";
import { withMigrated } from "./with-migrated.ts";

export function addUserEnable(user: Command): void {
  user
    .command("enable")
    .description("let a disabled account sign in again")
    .argument("<account>", "e-mail address or id")
    .action(async (account: string) => {
      await withMigrated(async ({ pool }) => {
        const isEnabled = await enableAccount(pool, await accountIdOf(pool, account));
        if (!isEnabled) throw new OperatorError(`${account} is being erased; there is nothing to go back to.`);
      });
      process.stdout.write(`Enabled ${account}. Its devices have to sign in again.\n`);
    });
}
