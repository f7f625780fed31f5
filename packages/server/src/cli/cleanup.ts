import type { Command } from "commander";
import type { CleanupReport } from "../retention/cleanup-report.ts";
import { runCleanup } from "../retention/run-cleanup.ts";
import { printJson } from "./print.ts";
import { withMigrated } from "./with-migrated.ts";

type Options = { acceptClock?: true; json?: true };

export function addCleanup(program: Command): void {
  program
    .command("cleanup")
    .description("remove what is past its time, as the server does on its schedule")
    .option("--accept-clock", "the clock is right, although it jumped since the last run")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Current records are never removed. After a jump of the clock nothing is removed until you accept it or a week has
passed; after a restore devices get a week to bring back what the server lacks. Exits with 1 when it could not run, or
not to the end.`,
    )
    .action(async ({ acceptClock, json }: Options) => {
      const report = await withMigrated(({ pool, config }) =>
        runCleanup(pool, { settings: config, ...(acceptClock === true ? { acceptClock } : {}) }),
      );
      if (json === true) printJson(report);
      else tell(report);
      if (report.outcome !== "done" && report.outcome !== "busy") process.exitCode = 1;
    });
}

function tell(report: CleanupReport): void {
  if (report.message !== null) process.stderr.write(`${report.message}\n`);
  for (const [kind, rows] of Object.entries(report.rows))
    process.stdout.write(`${String(rows).padStart(12)}  ${kind}\n`);
  process.stdout.write(`${report.outcome} in ${report.duration_ms} ms\n`);
}
