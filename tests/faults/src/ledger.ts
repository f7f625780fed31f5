import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { TestReport } from "./report.ts";

/** One JSON object a line: what was run when, on which commit, and what came of it. */
const path = fileURLToPath(new URL("../LEDGER.jsonl", import.meta.url));

export function appendToLedger(reports: readonly TestReport[], mode: "short" | "campaign"): void {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const date = new Date().toISOString().slice(0, 16);
  for (const { id, tally, seconds } of reports) {
    const { broken, ...counts } = tally;
    const entry = { date, commit, mode, test: id, ...counts, seconds, broken: broken.length };
    appendFileSync(path, `${JSON.stringify(entry)}\n`);
  }
}
