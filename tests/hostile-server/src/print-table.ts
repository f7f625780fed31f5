import { readFileSync } from "node:fs";

interface Line {
  readonly row: string;
  readonly name: string;
  readonly where: "node" | "chromium";
  readonly outcome: string;
}

/** The behaviours that passed, one a line: what the server did, and by what it was noticed in Node and in Chromium. */
function renderTable(text: string): string {
  const lines = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
  const byName = Map.groupBy(lines, ({ row, name }) => `${row.padEnd(4)} ${name}`);
  const numberOf = (label: string): number => Number(/^M(\d+)/.exec(label)![1]);
  const rows = [...byName].sort(([a], [b]) => numberOf(a) - numberOf(b) || a.localeCompare(b));
  const rendered = rows.map(([label, each]) => {
    const outcomes = new Set(each.map(({ outcome }) => outcome));
    const places = each.map(({ where }) => where).sort();
    return `${label.padEnd(96)} ${[...outcomes].join(" | ")} (${places.join(", ")})`;
  });
  const residuals = rows.filter(([, each]) => each[0]!.outcome.startsWith("residual")).length;
  const harmless = rows.filter(([, each]) => each[0]!.outcome === "no effect").length;
  const noticed = rows.length - residuals - harmless;
  return [
    ...rendered,
    `${rows.length} behaviours: ${noticed} noticed, ${harmless} without effect, ${residuals} residuals (docs/threat-model.md)`,
  ].join("\n");
}

const [file] = process.argv.slice(2);
if (file !== undefined) process.stdout.write(`${renderTable(readFileSync(file, "utf8"))}\n`);
