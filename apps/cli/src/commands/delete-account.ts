import type { Command } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { askOrRefuse } from "../terminal/ask.ts";
import { askPassword } from "../terminal/ask-password.ts";
import { printJson, printLine } from "../terminal/print.ts";

export function addDeleteAccount(program: Command): void {
  program
    .command("delete-account")
    .description("erase the account and everything it has, at the server and here; asks, and needs the password")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      `
There is no way back. What is on your other devices stays there. "owlivion export" first?

Example:
  owlivion delete-account --dir ./a

JSON: {deleted: EMAIL}`,
    )
    .action(async ({ yes }: { yes?: true }, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const { email } = sync.account!;
        await askOrRefuse(`Erase the account ${email}, and everything in it, for good?`, yes);
        await sync.deleteAccount({ password: await askPassword() });
        if (isJson) printJson({ deleted: email });
        else printLine(`Erased ${email}.`);
      });
    });
}
