import type { Command } from "commander";
import { styleText } from "node:util";
import type { Pool } from "pg";
import { findPendingMigrations, migrate } from "../db/migrate.ts";
import { askOrRefuse } from "./ask.ts";
import { printJson } from "./print.ts";
import { withDatabase } from "./with-database.ts";

type Options = { yes?: true; json?: true; dryRun?: true };

export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .description("bring the database to this release's schema; shows what will run, and asks")
    .option("--yes", "do not ask")
    .option("--dry-run", "only show what would run")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Each migration is a transaction of its own: one that fails leaves nothing of itself, and can be run again. There is no
way back but a backup. The server migrates by itself on start; this command is for those who want to see it first.`,
    )
    .action((options: Options) =>
      withDatabase(({ pool }) => runMigrate(pool, options), { mayCreate: options.dryRun !== true }),
    );
}

async function runMigrate(pool: Pool, options: Options): Promise<void> {
  const pending = await findPendingMigrations(pool);
  const names = pending.map(({ name }) => name);
  if (options.json !== true) tellPending(names);
  if (options.dryRun === true || names.length === 0) {
    if (options.json === true) printJson({ pending: names, applied: [] });
    return;
  }
  await askOrRefuse(`Run ${names.length === 1 ? "this migration" : `these ${names.length} migrations`}?`, options.yes);
  const applied = await migrate(pool, {
    onApplied({ name }) {
      if (options.json !== true) process.stdout.write(`${styleText("green", "applied")} ${name}\n`);
    },
  });
  if (options.json === true) printJson({ pending: [], applied: applied.map(({ name }) => name) });
}

function tellPending(names: string[]): void {
  if (names.length === 0) {
    process.stdout.write(`${styleText("green", "up to date")}: nothing to run\n`);
    return;
  }
  process.stdout.write(`${styleText("bold", "To run:")}\n`);
  for (const name of names) process.stdout.write(`  ${styleText("yellow", name)}\n`);
}
