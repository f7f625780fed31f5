import { expect, test } from "vitest";
import { readRecord, readRecords } from "./read-records.ts";

test.each([
  ['{"a":1}', [{ a: 1 }]],
  ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['{"a":1}\n\r\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
  ["[]", []],
])("%j", (text, records) => expect(readRecords(text)).toEqual(records));

test.each([
  ["", /no JSON/],
  ["{", /not JSON/],
  ['{"a":1}\nx', /Line 2/],
  ["[1]", /item 0/],
  ["null", /object/],
])("%j is refused", (text, message) => expect(() => readRecords(text)).toThrow(message));

test("one is one", () => {
  expect(readRecord('{"a":1}')).toEqual({ a: 1 });
  expect(() => readRecord("[]")).toThrow("one JSON object");
});
