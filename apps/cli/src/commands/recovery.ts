import { isSyncError } from "@owlivion/sync-client";
import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import { toAccountJson } from "../device/account-json.ts";
import { deviceName } from "../device/device-name.ts";
import { withSync } from "../device/with-sync.ts";
import { readVariable } from "../environment.ts";
import { globalsOf, readPath } from "../globals.ts";
import { askNewPassword, askPassword, typeSecret } from "../terminal/ask-password.ts";
import { readTextFile } from "../terminal/input-file.ts";
import { keepRecoveryKey } from "../terminal/keep-recovery-key.ts";
import { printJson, printLine } from "../terminal/print.ts";

export function addRecovery(program: Command): void {
  const recovery = program
    .command("recovery")
    .description("the way back from a forgotten password: new-key, set-password")
    .addHelpText("after", "\nExample:\n  owlivion recovery new-key --dir ./a");
  addNewKey(recovery);
  addSetPassword(recovery);
}

function addNewKey(recovery: Command): void {
  recovery
    .command("new-key")
    .description("make a new recovery key; the old one opens nothing any more. Needs the password")
    .option("--recovery-key-file <file>", "write it to a new file instead of showing it", readPath)
    .addHelpText(
      "after",
      `
Example:
  owlivion recovery new-key --dir ./a

JSON: {changed: true}; without a terminal and a file the key is printed on standard error`,
    )
    .action(async ({ recoveryKeyFile }: { recoveryKeyFile?: string }, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const keeper = keepRecoveryKey(recoveryKeyFile);
        const password = await askPassword();
        await discardUnlessUsed(keeper, () => sync.newRecoveryKey({ password, confirmRecoveryKey: keeper.confirm }));
        if (isJson) printJson({ changed: true });
        else printLine("The new recovery key counts from now on; destroy the old one.");
      });
    });
}

interface SetPasswordOptions {
  readonly email?: string;
  readonly deviceName?: string;
  readonly oldKeyFile?: string;
  readonly recoveryKeyFile?: string;
}

function addSetPassword(recovery: Command): void {
  recovery
    .command("set-password")
    .description("set a new password by the recovery key, and sign in here; makes a new recovery key too")
    .option("--email <address>", "the account's e-mail address; the one of before when absent")
    .option("--device-name <name>", "what your other devices call this one; the host's name when absent")
    .option("--old-key-file <file>", "read the recovery key from a file; - is standard input", readPath)
    .option("--recovery-key-file <file>", "write the new recovery key to a new file instead of showing it", readPath)
    .addHelpText(
      "after",
      `
The recovery key is asked for, or taken from OWLIVION_RECOVERY_KEY; the new password likewise, from OWLIVION_NEW_PASSWORD.
Every other device has to sign in again.

Example:
  owlivion recovery set-password --url https://sync.example.com --dir ./a --email ada@example.com

JSON: {account_id, email, device_id, device_name, url, dir}`,
    )
    .action(async (options: SetPasswordOptions, command: Command) => {
      const given = { mayCreate: true, needsAccount: false };
      await withSync(globalsOf(command), given, async ({ sync, url, directory, isJson }) => {
        const email = options.email ?? sync.account?.email;
        if (email === undefined) throw usageError("Which account? Add --email ADDRESS.");
        const keeper = keepRecoveryKey(options.recoveryKeyFile);
        const recoveryKey = await readRecoveryKey(options.oldKeyFile);
        const newPassword = await askNewPassword("OWLIVION_NEW_PASSWORD");
        const name = options.deviceName ?? sync.account?.deviceName ?? deviceName();
        await discardUnlessUsed(keeper, () =>
          sync.recover({ email, recoveryKey, newPassword, deviceName: name, confirmRecoveryKey: keeper.confirm }),
        );
        if (isJson) printJson(toAccountJson(sync, url, directory));
        else printLine("The new password and the new recovery key count from now on; you are signed in here.");
      });
    });
}

async function readRecoveryKey(file: string | undefined): Promise<string> {
  if (file !== undefined) return (await readTextFile(file)).trim();
  return readVariable("OWLIVION_RECOVERY_KEY") ?? (await typeSecret("Recovery key:", "OWLIVION_RECOVERY_KEY"));
}

/** A new key that may be in force by now stays in its file, whatever came after. */
async function discardUnlessUsed(keeper: { discard(): void }, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isSyncError(error) || error.retry !== "retry") keeper.discard();
    throw error;
  }
}
