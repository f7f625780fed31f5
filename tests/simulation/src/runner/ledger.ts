import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CliOptions } from "./cli-options.ts";
import type { RangeReport } from "./run-range.ts";

/** One campaign. */
export interface LedgerEntry {
  readonly date: string;
  readonly commit: string;
  readonly what: "engine" | "planner" | "mutants";
  readonly store: string;
  readonly size: string;
  readonly from: number;
  readonly seeds: number;
  readonly failures: number;
  readonly faults: number;
  /** Of mutants: how large their smallest failures are. */
  readonly medianShrunkSize?: number;
}

const jsonPath = join(import.meta.dirname, "../../ledger.json");
const textPath = join(import.meta.dirname, "../../LEDGER.md");

export function readLedger(): LedgerEntry[] {
  return existsSync(jsonPath) ? (JSON.parse(readFileSync(jsonPath, "utf8")) as LedgerEntry[]) : [];
}

export function appendLedger({
  options,
  total,
  commit,
}: {
  options: CliOptions;
  total: RangeReport;
  commit: string;
}): void {
  const faults = [...total.counts]
    .filter(([what]) => /^(net|server|store|struck)\./.test(what))
    .reduce((sum, [, count]) => sum + count, 0);
  writeLedger([
    ...readLedger(),
    {
      date: new Date().toISOString().slice(0, 10),
      commit,
      what: "engine",
      store: options.store,
      size: options.mix,
      from: options.from,
      seeds: total.seeds,
      failures: total.failures,
      faults,
    },
  ]);
}

export function writeLedger(entries: readonly LedgerEntry[]): void {
  writeFileSync(jsonPath, `[\n${entries.map((entry) => `  ${JSON.stringify(entry)}`).join(",\n")}\n]\n`);
  writeFileSync(textPath, ledgerText(entries));
}

function ledgerText(entries: readonly LedgerEntry[]): string {
  const clean = entries.filter(({ failures, what }) => failures === 0 && what !== "mutants");
  const sum = (what: LedgerEntry["what"]) =>
    clean.filter((entry) => entry.what === what).reduce((total, { seeds }) => total + seeds, 0);
  const rows = entries.map(
    ({ date, commit, what, store, size, from, seeds, failures, faults, medianShrunkSize }) =>
      `| ${date} | ${commit} | ${what} | ${store} | ${size} | ${from} to ${from + seeds - 1} | ${faults} | ${failures} | ${medianShrunkSize ?? ""} |`,
  );
  return `# Ledger of the simulation

Written by \`npm run sim -- --ledger\`; \`ledger.json\` is the same for machines. Seeds of campaigns without a failure:
${sum("engine")} of the full engine, ${sum("planner")} of the planner alone. How to repeat one: docs/reliability.md.

| date | commit | what | store | size | seeds | faults that happened | failures | median shrunk size |
|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}
`;
}
