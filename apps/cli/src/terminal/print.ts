import { stripVTControlCharacters, styleText } from "node:util";

/** For one command's JSON: whole, and readable. */
export function printJson(data: unknown): void {
  process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
}

/** For people, beside what a command prints. */
export function printNote(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

type Row = Readonly<Record<string, unknown>>;

export function printTable(rows: readonly Row[]): void {
  process.stdout.write(`${renderTable(rows)}\n`);
}

const maxCellChars = 60;

/** Rows under headings, in columns as wide as they need. */
export function renderTable(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return "(none)";
  const names = Object.keys(first);
  const cells = rows.map((row) => names.map((name) => toCell(row[name])));
  const widths = names.map((name, column) => Math.max(name.length, ...cells.map((row) => row[column]!.length)));
  const toLine = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();
  return [styleText("bold", toLine(names)), ...cells.map(toLine)].join("\n");
}

function toCell(value: unknown): string {
  if (value === null || value === undefined || value === "") return "-";
  const text = plainText(typeof value === "object" ? JSON.stringify(value) : String(value));
  return text.length > maxCellChars ? `${text.slice(0, maxCellChars - 1)}…` : text;
}

/** Records come from elsewhere: what they say must not command the terminal. */
export function plainText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  return stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/gu, " ");
}

export const toIso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const units = ["B", "KiB", "MiB", "GiB", "TiB"];

export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]!}`;
}

/** `1 contact`, `2 contacts`. */
export const countOf = (count: number, thing: string): string => `${count} ${count === 1 ? thing : `${thing}s`}`;
