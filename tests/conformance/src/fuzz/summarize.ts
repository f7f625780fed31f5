interface Line {
  readonly operation: string;
  readonly cases: number;
  readonly statuses: Readonly<Record<string, number>>;
}

/** A row for each operation: cases and statuses of both kinds of account. */
export function summarize(report: string): string {
  const lines = report
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
  const operations = [...new Set(lines.map(({ operation }) => operation))];
  const rows = operations.map((operation) => {
    const ofOperation = lines.filter((line) => line.operation === operation);
    const cases = ofOperation.reduce((sum, line) => sum + line.cases, 0);
    const statuses = new Map<string, number>();
    for (const line of ofOperation) {
      for (const [status, count] of Object.entries(line.statuses)) {
        statuses.set(status, (statuses.get(status) ?? 0) + count);
      }
    }
    const told = [...statuses].map(([status, count]) => `${status}: ${count}`).join(", ");
    return `| \`${operation}\` | ${cases} | ${told} |`;
  });
  return ["| operation | cases | replies by status |", "|---|---|---|", ...rows].join("\n");
}
