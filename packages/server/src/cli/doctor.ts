import type { Command } from "commander";
import { styleText } from "node:util";
import { checkClock } from "../doctor/check-clock.ts";
import { checkCollections } from "../doctor/check-collections.ts";
import { checkDatabase, checkMigrations } from "../doctor/check-database.ts";
import { checkDisk } from "../doctor/check-disk.ts";
import { checkSettings } from "../doctor/check-settings.ts";
import type { Finding } from "../doctor/finding.ts";
import { printJson } from "./print.ts";
import { type CommandContext, withDatabase } from "./with-database.ts";

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("look at the settings, disk, database, clock and tables, and say what is wrong")
    .option("--deep", "also read every record's row, to compare counters and find orphans")
    .option("--json", "print JSON")
    .addHelpText("after", "\nChanges nothing. Exits with 1 when a check fails; warnings do not count.")
    .action(async ({ deep, json }: { deep?: true; json?: true }) => {
      const findings = await withDatabase((context) => examine(context, deep === true));
      if (json === true) printJson(findings);
      else for (const finding of findings) process.stdout.write(`${render(finding)}\n`);
      if (findings.some(({ level }) => level === "fail")) process.exitCode = 1;
    });
}

async function examine({ config, pool }: CommandContext, deep: boolean): Promise<Finding[]> {
  const findings = [
    ...checkSettings(config),
    ...checkDisk(config.dataDir),
    ...(await checkDatabase(pool, config)),
    ...(await checkMigrations(pool)),
  ];
  if (findings.some(({ check, level }) => check === "schema" && level !== "ok")) return findings;
  return [...findings, ...(await checkClock(pool)), ...(await checkCollections(pool, deep))];
}

function render({ level, check, message }: Finding): string {
  const colour = level === "ok" ? "green" : level === "warn" ? "yellow" : "red";
  return `${styleText(colour, level.padEnd(4))}  ${check.padEnd(11)}  ${message}`;
}
