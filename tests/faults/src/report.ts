import type { Tally } from "./torture/torture-test.ts";

export interface TestReport {
  readonly id: string;
  readonly title: string;
  readonly tally: Tally;
  readonly seconds: number;
}

const columns = ["test", "rounds", "kills", "acknowledged", "lost", "healed", "seconds"] as const;

export function renderTable(reports: readonly TestReport[]): string {
  const rows = reports.map(({ id, tally, seconds }) =>
    [id, tally.rounds, tally.kills, tally.acknowledged, tally.lost, tally.healed, seconds].map(String),
  );
  const all = [[...columns], ...rows];
  const widths = columns.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: readonly string[], i: number): string => {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)));
    const report = reports[i - 1];
    return `${cells.join("  ")}  ${report === undefined ? "" : describe(report)}`.trimEnd();
  };
  return all.map(line).join("\n");
}

function describe({ title, tally }: TestReport): string {
  const counts = Object.entries(tally.counts).map(([name, value]) => `${value} ${name}`);
  return [title, ...counts].join("; ") + (tally.broken.length > 0 ? `; BROKEN: ${tally.broken.length}` : "");
}
