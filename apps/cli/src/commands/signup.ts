import { isSyncError, type Sync } from "@owlivion/sync-client";
import type { Command } from "commander";
import { readVariable } from "../environment.ts";
import { withSync } from "../device/with-sync.ts";
import { deviceName } from "../device/device-name.ts";
import { globalsOf, readPath } from "../globals.ts";
import { askNewPassword } from "../terminal/ask-password.ts";
import { keepRecoveryKey, type RecoveryKeyKeeper } from "../terminal/keep-recovery-key.ts";
import { printJson, printLine } from "../terminal/print.ts";
import { toAccountJson } from "../device/account-json.ts";

interface Options {
  readonly email: string;
  readonly deviceName?: string;
  readonly recoveryKeyFile?: string;
}

export function addSignup(program: Command): void {
  program
    .command("signup")
    .description("make an account, and sign in to it here")
    .requiredOption("--email <address>", "the account's e-mail address")
    .option("--device-name <name>", "what your other devices call this one; the host's name when absent")
    .option("--recovery-key-file <file>", "write the recovery key to a new file instead of showing it", readPath)
    .addHelpText(
      "after",
      `
The recovery key is shown once, and three of its nine groups are asked back. With --recovery-key-file the file, closed to
other users, counts as kept: move it to where you keep such things. Without a terminal the key is printed on standard
error, and the script keeps it. Where registration is by invitation, OWLIVION_INVITATION
holds yours. Interrupted or offline, the same command goes on with the same keys.

Examples:
  owlivion signup --url https://sync.example.com --dir ./a --email ada@example.com
  OWLIVION_PASSWORD=… owlivion signup --url https://sync.example.com --email ada@example.com --recovery-key-file key.txt

JSON: {account_id, email, device_id, device_name, url, dir}, and recovery_key without a terminal and a file`,
    )
    .action(async (options: Options, command: Command) => {
      const globals = globalsOf(command);
      await withSync(globals, { mayCreate: true, needsAccount: false }, async ({ sync, url, directory, isJson }) => {
        const keeper = keepRecoveryKey(options.recoveryKeyFile);
        const password = await askNewPassword("OWLIVION_PASSWORD");
        await signUp(sync, options, password, keeper);
        const printed = keeper.printed();
        const recoveryKey = printed === null ? {} : { recovery_key: printed };
        if (isJson) printJson({ ...toAccountJson(sync, url, directory), ...recoveryKey });
        else printLine(`Signed up as ${sync.account!.email}. The data is in ${directory}.`);
      });
    });
}

async function signUp(sync: Sync, options: Options, password: string, keeper: RecoveryKeyKeeper): Promise<void> {
  const invitation = readVariable("OWLIVION_INVITATION");
  try {
    await sync.signUp({
      email: options.email,
      password,
      deviceName: options.deviceName ?? deviceName(),
      ...(invitation === undefined ? {} : { invitation }),
      confirmRecoveryKey: keeper.confirm,
    });
  } catch (error) {
    // What may have arrived keeps its key: the same command goes on with it.
    if (!isSyncError(error) || error.retry !== "retry") keeper.discard();
    throw error;
  }
}
