import fc from "fast-check";
import { expect, test } from "vitest";
import { readJson, readJsonText } from "./read-json.ts";

test("JSON is read as it is", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      expect(readJsonText(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("brackets in strings are no nesting", () => {
  const text = JSON.stringify({ a: '\\"[[[[[[[[[[[[[[[[[[[[[[[', b: "[{".repeat(50) });
  expect(readJsonText(text)).toEqual(JSON.parse(text));
});

test("M14: deep nesting, broken JSON and bytes that are no UTF-8 are nothing", () => {
  expect(readJsonText("[".repeat(17) + "]".repeat(17))).toBeUndefined();
  expect(readJsonText("[".repeat(16) + "]".repeat(16))).toBeDefined();
  expect(readJsonText("[".repeat(5_000_000))).toBeUndefined();
  expect(readJsonText('{"a":')).toBeUndefined();
  expect(readJsonText('"abc')).toBeUndefined();
  expect(readJson(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined();
});
