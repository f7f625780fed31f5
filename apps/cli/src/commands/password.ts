import type { Command } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { askNewPassword, askPassword } from "../terminal/ask-password.ts";
import { printJson, printLine } from "../terminal/print.ts";

export function addPassword(program: Command): void {
  program
    .command("password")
    .description("change the password")
    .addHelpText(
      "after",
      `
Your other devices have to sign in again; nothing is downloaded again. Forgotten? owlivion recovery set-password.
Scripts set OWLIVION_PASSWORD and OWLIVION_NEW_PASSWORD.

Example:
  owlivion password --dir ./a

JSON: {changed: true}`,
    )
    .action(async (_options: unknown, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const password = await askPassword("The password so far:");
        const newPassword = await askNewPassword("OWLIVION_NEW_PASSWORD");
        await sync.changePassword({ password, newPassword });
        if (isJson) printJson({ changed: true });
        else printLine("The password is changed. Your other devices have to sign in again.");
      });
    });
}
