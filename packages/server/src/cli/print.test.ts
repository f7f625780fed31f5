import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { formatBytes, renderTable } from "./print.ts";

test("a table has a column for each field, as wide as it needs", () => {
  const table = renderTable([
    { name: "a", count: 10, at: null },
    { name: "longer", count: 0, at: new Date(0) },
  ]);
  expect(stripVTControlCharacters(table).split("\n")).toEqual([
    "name    count  at",
    "a       10     -",
    "longer  0      1970-01-01T00:00:00.000Z",
  ]);
});

test("no row is said", () => {
  expect(renderTable([])).toBe("(none)");
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1024, "1.0 KiB"],
  [1_500_000, "1.4 MiB"],
  [2 ** 40, "1.0 TiB"],
  [2 ** 52, "4096.0 TiB"],
])("%i bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
