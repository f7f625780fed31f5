import type { Stamp } from "@owlivion/sync-crypto";
import { describe, expect, test } from "vitest";
import { editValue, readFields } from "./edit-value.ts";

const at = (wallMs: number): Stamp => ({ wallMs, counter: 0, device: "7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01" });
const before = { schema: 1, fields: { name: "Ada", notes: "x" }, stamps: { name: at(1), notes: at(1) } };

describe("a local edit", () => {
  test("stamps the fields that change, and no others", () => {
    expect(editValue(before, { notes: "y" }, "patch", at(2), 1)).toEqual({
      schema: 1,
      fields: { name: "Ada", notes: "y" },
      stamps: { name: at(1), notes: at(2) },
    });
  });

  test("that says nothing new is no edit", () => {
    expect(editValue(before, { name: "Ada" }, "patch", at(2), 1)).toBe(before);
    expect(editValue(before, { name: "Ada", notes: "x" }, "replace", at(2), 1)).toBe(before);
  });

  test("that replaces removes what is not given, and remembers when", () => {
    expect(editValue(before, { name: "Ada" }, "replace", at(2), 1)).toEqual({
      schema: 1,
      fields: { name: "Ada", notes: null },
      stamps: { name: at(1), notes: at(2) },
    });
  });

  test("of nothing begins a record; null fields are not there", () => {
    expect(editValue(null, { name: "Ada", notes: null }, "replace", at(2), 3)).toEqual({
      schema: 3,
      fields: { name: "Ada" },
      stamps: { name: at(2) },
    });
  });

  test("of a default has no stamp", () => {
    expect(editValue(null, { theme: "light" }, "replace", null, 1).stamps).toEqual({});
  });

  test.each([
    ["a date", { at: new Date(0) }],
    ["NaN", { n: Number.NaN }],
    ["a function", { f: () => 1 }],
    ["a lone surrogate", { s: "\ud800" }],
    ["a list", ["a"]],
    ["undefined within", { list: [undefined] }],
  ])("%s is refused with INVALID_RECORD", (_, given) => {
    expect(() => readFields(given)).toThrow(expect.objectContaining({ code: "INVALID_RECORD" }));
  });

  test("undefined fields are not there, and the application's object is its own", () => {
    const tags = ["a"];
    const fields = readFields({ tags, notes: undefined });
    tags.push("b");
    expect(fields).toEqual({ tags: ["a"] });
  });
});
