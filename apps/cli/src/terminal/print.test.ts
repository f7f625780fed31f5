import { expect, test } from "vitest";
import { countOf, formatBytes, plainText, renderTable } from "./print.ts";

test("what a record says does not command the terminal", () => {
  expect(plainText("\u001b[2J\u001b]0;title\u0007Ada\nLove\u0000lace")).toBe("Ada Love lace");
  expect(renderTable([{ name: "Ada\u001b[31m", n: null }])).not.toContain("\u001b[31m");
});

test("tables are as wide as they need, and numbers are for people", () => {
  expect(renderTable([])).toBe("(none)");
  expect(renderTable([{ a: 1, long: "x".repeat(100) }])).toContain(`${"x".repeat(59)}…`);
  expect([formatBytes(0), formatBytes(1536), countOf(1, "edit"), countOf(2, "edit")]).toEqual([
    "0 B",
    "1.5 KiB",
    "1 edit",
    "2 edits",
  ]);
});
