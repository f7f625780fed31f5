import fc from "fast-check";
import { expect, test } from "vitest";
import { same } from "../checks.contract.ts";
import { copyValue } from "../copy-value.ts";
import { decodeRow, encodeRow } from "./encode-row.ts";

const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
  fc.string({ unit: "binary" }),
  fc.constantFrom("\u0000", "\u0000b0,0", "\u0000\u0000", "\\u0000", "\ud800", "\udc00x"),
);
const bytes = fc.uint8Array({ maxLength: 40 });
const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "toJSON", "constructor", "\u0000b0,1"));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, bytes, fc.array(tie("value"), { maxLength: 4 }), tie("object")),
  object: fc.array(fc.tuple(name, tie("value")), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
}));

test("a row comes back as it was", () => {
  fc.assert(
    fc.property(value, (value) => {
      const row = { key: "a", value };
      same(decodeRow(encodeRow(row)), copyValue(row));
    }),
    { numRuns: 2000 },
  );
});

test("a Buffer comes back as plain bytes", () => {
  const { envelope } = decodeRow(encodeRow({ envelope: Buffer.from([1, 2, 3]) })) as { envelope: Uint8Array };
  expect(Object.getPrototypeOf(envelope)).toBe(Uint8Array.prototype);
  expect([...envelope]).toEqual([1, 2, 3]);
});

test("a row that was cut off or overwritten is STORE_UNREADABLE", () => {
  const encoded = encodeRow({ key: "a", envelope: new Uint8Array(20) });
  for (let length = 0; length < encoded.length; length++) {
    expect(() => decodeRow(encoded.subarray(0, length))).toThrow(expect.objectContaining({ code: "STORE_UNREADABLE" }));
  }
  expect(() => decodeRow(new Uint8Array(40).fill(0x7b))).toThrow(expect.objectContaining({ code: "STORE_UNREADABLE" }));
});
