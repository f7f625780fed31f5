import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readMigrations } from "./migration-files.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "migrations-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("files are read in the order of their numbers, other files ignored", () => {
  write({ "002_b.sql": "select 2", "001_a.sql": "select 1", "readme.txt": "" });
  expect(readMigrations(folder).map(({ version, name }) => [version, name])).toEqual([
    [1, "001_a.sql"],
    [2, "002_b.sql"],
  ]);
});

test("the checksum is that of the text, not of a checkout's line ends", () => {
  write({ "001_a.sql": "select 1;\nselect 2;\n" });
  const [unix] = readMigrations(folder);
  write({ "001_a.sql": "select 1;\r\nselect 2;\r\n" });
  expect(readMigrations(folder)[0]?.checksum).toBe(unix?.checksum);
});

test.each([[["002_a.sql"]], [["001_a.sql", "001_b.sql"]], [["001_a.sql", "003_b.sql"]]])("%j is refused", (names) => {
  write(Object.fromEntries(names.map((name) => [name, "select 1"])));
  expect(() => readMigrations(folder)).toThrow(/numbered/);
});

test("the server's own migrations are in order", () => {
  expect(() => readMigrations()).not.toThrow();
});

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
