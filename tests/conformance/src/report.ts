import { errorTable } from "@owlivion/sync-protocol";
import { beyondABlackBox } from "./beyond-a-black-box.ts";
import { Contract } from "./http/contract.ts";
import type { CaseResult, RunResult } from "./run-cases.ts";

const count = (results: readonly CaseResult[], outcome: CaseResult["outcome"]) =>
  results.filter((result) => result.outcome === outcome).length;

/** By rule, with a column for each run: passed of those that ran. */
export function table(runs: readonly RunResult[]): string {
  const rules = [...new Set(runs.flatMap(({ results }) => results.map(({ rule }) => rule)))];
  const rows = rules.map((rule) => {
    const ofRule = runs.map(({ results }) => results.filter((result) => result.rule === rule));
    const titles = new Set(ofRule.flat().map(({ title }) => title));
    return [rule, String(titles.size), ...ofRule.map(share)];
  });
  const all = [
    "all",
    String(rows.reduce((sum, [, n]) => sum + Number(n), 0)),
    ...runs.map(({ results }) => share(results)),
  ];
  const lines = [["rule", "cases", ...runs.map(({ name }) => name)], ...rows, all];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")).join("\n");
}

function share(results: readonly CaseResult[]): string {
  const passed = count(results, "passed");
  const ran = passed + count(results, "failed");
  return ran === 0 ? "-" : passed === ran ? `${passed} passed` : `${passed} of ${ran} passed`;
}

export interface Coverage {
  /** Operations of the API that no case reached. */
  readonly operations: readonly string[];
  /** Error codes that no case provoked, although a black box can. */
  readonly codes: readonly string[];
}

/** What all runs together left out. */
export function leftOut(runs: readonly RunResult[]): Coverage {
  const operations = new Set(runs.flatMap((run) => [...run.operations]));
  const codes = new Set(runs.flatMap((run) => [...run.codes]));
  return {
    operations: Contract.read()
      .operations.map(({ name }) => name)
      .filter((name) => !operations.has(name)),
    codes: Object.keys(errorTable).filter((code) => !codes.has(code) && !(code in beyondABlackBox)),
  };
}

export function totals(runs: readonly RunResult[]): { passed: number; failed: number; skipped: number } {
  const results = runs.flatMap((run) => run.results);
  return {
    passed: count(results, "passed"),
    failed: count(results, "failed"),
    skipped: count(results, "skipped"),
  };
}
