import { Command } from "commander";
import { addBackup } from "./backup.ts";
import { addConfig } from "./config.ts";
import { addMigrate } from "./migrate.ts";
import { addRestore } from "./restore.ts";
import { addServe } from "./serve.ts";

/** Every command in one list. */
export function createProgram(): Command {
  const program = new Command("owlivion-sync")
    .description("The Owlivion Sync server and what its operator needs.")
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText(
      "after",
      `
Exit codes: 0 done, 1 failed, 2 asked for wrongly (arguments, settings, a confirmation that was missing).
Every command works beside a running server, except restore, which needs it stopped.`,
    );
  for (const add of [addServe, addConfig, addMigrate, addBackup, addRestore]) add(program);
  return program;
}
