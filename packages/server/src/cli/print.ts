import { styleText } from "node:util";

export function printJson(data: unknown): void {
  process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
}

/** Rows under headings, in columns as wide as they need; nothing but the headings when there is no row. */
export function printTable(rows: readonly Readonly<Record<string, unknown>>[]): void {
  process.stdout.write(`${renderTable(rows)}\n`);
}

export function renderTable(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const [first] = rows;
  if (first === undefined) return "(none)";
  const names = Object.keys(first);
  const cells = rows.map((row) => names.map((name) => toCell(row[name])));
  const widths = names.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const toLine = (row: string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [styleText("bold", toLine(names)), ...cells.map(toLine)].join("\n");
}

function toCell(value: unknown): string {
  if (value === null || value === undefined || value === "") return "-";
  return value instanceof Date ? value.toISOString() : String(value);
}

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ""}`;
}
