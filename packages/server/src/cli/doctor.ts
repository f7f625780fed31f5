import type { Command } from "commander";
import { styleText } from "node:util";
import { loadConfig } from "../config/config.ts";
import { warnOfTypos } from "../config/describe-config.ts";
import { readEnvironment } from "../config/environment.ts";
import { checkDisk } from "../doctor/check-disk.ts";
import { checkSettings } from "../doctor/check-settings.ts";
import { examineDatabase } from "../doctor/examine-database.ts";
import { fail, type Finding, warn } from "../doctor/finding.ts";
import { printJson } from "./print.ts";
import { withDatabase } from "./with-database.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("look at the settings, disk, database, clock and tables, and say what is wrong")
    .option("--deep", "also read every record's row, to compare counters and find orphans")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nChanges nothing. Exits with 1 when a check fails, the database being away among them; warnings do not count.",
    )
    .action(async ({ deep, json }: { deep?: true; json?: true }) => {
      const findings = await examine(deep === true);
      if (json === true) printJson(findings);
      else for (const finding of findings) process.stdout.write(`${render(finding)}\n`);
      if (findings.some(({ level }) => level === "fail")) process.exitCode = 1;
    });
}

/** What can be told without the database first: it may be what keeps the database from working. */
async function examine(deep: boolean): Promise<Finding[]> {
  const environment = readEnvironment();
  const config = loadConfig(environment.values);
  const findings: Finding[] = [];
  const attempt = async (check: string, look: () => Finding[] | Promise<void>) => {
    try {
      findings.push(...((await look()) ?? []));
    } catch (error) {
      findings.push(fail(check, error instanceof Error ? error.message : String(error)));
    }
  };
  await attempt("settings", () => warnOfTypos(environment).map((warning) => warn("settings", warning)));
  await attempt("settings", () => checkSettings(config));
  await attempt("disk", () => checkDisk(config.dataDir));
  await attempt("database", () =>
    withDatabase(
      async (context) => {
        for await (const finding of examineDatabase(context.pool, config, deep)) findings.push(finding);
      },
      { patienceMs: 0 },
    ),
  );
  return findings;
}

function render({ level, check, message }: Finding): string {
  const colour = level === "ok" ? "green" : level === "warn" ? "yellow" : "red";
  return `${styleText(colour, level.padEnd(4))}  ${check.padEnd(11)}  ${message}`;
}
