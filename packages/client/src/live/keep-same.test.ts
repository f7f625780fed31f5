import { describe, expect, test } from "vitest";
import { keepSame } from "./keep-same.ts";

describe("values that say the same stay the same objects", () => {
  test.each<[string, unknown, unknown]>([
    ["an object", { a: 1, b: [2, 3] }, { b: [2, 3], a: 1 }],
    ["a list", [{ id: "a" }, { id: "b" }], [{ id: "a" }, { id: "b" }]],
    ["nothing", null, null],
  ])("%s", (_, before, after) => {
    expect(keepSame(before, after)).toBe(before);
  });

  test.each<[string, unknown, unknown]>([
    ["a value that changed", { a: 1 }, { a: 2 }],
    ["a field that came", { a: 1 }, { a: 1, b: 2 }],
    ["a field that went", { a: 1, b: 2 }, { a: 1 }],
    ["a field that is undefined and was not there", { a: 1 }, { a: 1, b: undefined }],
    ["another order", [1, 2], [2, 1]],
    ["a list that got shorter", [1, 2], [1]],
    ["an object that became a list", {}, []],
  ])("%s does not", (_, before, after) => {
    const kept = keepSame(before, after);
    expect(kept).not.toBe(before);
    expect(kept).toStrictEqual(after);
  });

  test("records are found by their ids, wherever they moved", () => {
    const before = [
      { id: "a", name: "Ada" },
      { id: "b", name: "Bob" },
    ];
    const kept = keepSame(before, [
      { id: "c", name: "Cy" },
      { id: "a", name: "Ada" },
      { id: "b", name: "Bea" },
    ]);
    expect(kept[1]).toBe(before[0]);
    expect(kept[2]).toEqual({ id: "b", name: "Bea" });
  });

  test("what is no plain object is taken as it is", () => {
    const error = new Error("new");
    expect(keepSame<Error>(new Error("new"), error)).toBe(error);
  });
});
