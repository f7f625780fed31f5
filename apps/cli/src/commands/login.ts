import type { Command } from "commander";
import { usageError } from "../cli-error.ts";
import { toAccountJson } from "../device/account-json.ts";
import { deviceName } from "../device/device-name.ts";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { askPassword } from "../terminal/ask-password.ts";
import { printJson, printLine } from "../terminal/print.ts";

interface Options {
  readonly email?: string;
  readonly deviceName?: string;
}

export function addLogin(program: Command): void {
  program
    .command("login")
    .description("sign in to an account, here for the first time or again")
    .option("--email <address>", "the account's e-mail address; the one of before when absent")
    .option("--device-name <name>", "what your other devices call this one; the host's name when absent")
    .addHelpText(
      "after",
      `
Afterwards "owlivion sync" brings the records. A folder belongs to one account: to use another, give another --dir.

Example:
  owlivion login --url https://sync.example.com --dir ./b --email ada@example.com

JSON: {account_id, email, device_id, device_name, url, dir}`,
    )
    .action(async (options: Options, command: Command) => {
      await withSync(
        globalsOf(command),
        { mayCreate: true, needsAccount: false },
        async ({ sync, url, directory, isJson }) => {
          const { account } = sync;
          const email = options.email ?? account?.email;
          if (email === undefined) throw usageError("Which account? Add --email ADDRESS.");
          const password = await askPassword();
          // Signed in, and only the keys are missing: the password opens them without the server.
          const isLocked = account?.endedBy === null && sync.status.state === "locked" && account.email === email;
          if (isLocked) await sync.unlock({ password });
          else
            await sync.signIn({
              email,
              password,
              deviceName: options.deviceName ?? account?.deviceName ?? deviceName(),
            });
          if (isJson) printJson(toAccountJson(sync, url, directory));
          else printLine(`Signed in as ${sync.account!.email}. "owlivion sync" brings the records.`);
        },
      );
    });
}
