import type { Command } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { askOrRefuse } from "../terminal/ask.ts";
import { countOf, printJson, printLine } from "../terminal/print.ts";

interface Options {
  readonly force?: true;
  readonly yes?: true;
}

export function addLogout(program: Command): void {
  program
    .command("logout")
    .description("sign out here, and remove what is stored here")
    .option("--force", "also edits that were never sent; asks")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      `
Edits that were never sent stay, sealed, until somebody signs in to the same account here again. Run "owlivion sync" first.

Example:
  owlivion logout --dir ./b

JSON: {unsent_edits}`,
    )
    .action(async ({ force, yes }: Options, command: Command) => {
      await withSync(globalsOf(command), { needsAccount: false }, async ({ sync, isJson }) => {
        if (force === true) await askOrRefuse("Remove everything here, sent or not?", yes);
        const { unsentEdits } = await sync.signOut({ force: force === true });
        if (isJson) printJson({ unsent_edits: unsentEdits });
        else if (unsentEdits === 0 || force === true) printLine("Signed out. Nothing is left here.");
        else
          printLine(`Signed out. ${countOf(unsentEdits, "unsent edit")} stay here, sealed, until you sign in again.`);
      });
    });
}
