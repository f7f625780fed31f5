import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, isCanonicalText } from "./canonical-json.ts";
import type { Json } from "./content.ts";
import { maxJsonDepth } from "./json-order.ts";

const json = fc.jsonValue({ maxDepth: 6 }) as fc.Arbitrary<Json>;

test("canonical JSON says the same, and canonicalised again it is the same", () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      const parsed = JSON.parse(text) as Json;
      expect(canonicalJson(parsed)).toBe(text);
      expect(isCanonicalText(parsed, text)).toBe(true);
      // -0 is the one value that JSON cannot keep.
      expect(parsed).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 2000 },
  );
});

test("the order of keys and members of an object does not matter", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.integer()), (object) => {
      const reversed = Object.fromEntries(Object.entries(object).toReversed());
      expect(canonicalJson(reversed)).toBe(canonicalJson(object));
    }),
  );
});

test("a text is canonical exactly when it is what would be written", () => {
  // Engines differ from the canonical form in keys, escapes and depth: texts near those borders.
  const text = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc
      .array(
        fc.constantFrom(
          '{"9":1,"10":2}',
          '{"10":2,"9":1}',
          '"\\ud800"',
          '"\\\\ud800"',
          "[[]]",
          "-0",
          "1e400",
          '{"b":1,"a":2}',
        ),
      )
      .map((parts) => `[${parts.join(",")}]`),
    fc.integer({ min: 30, max: 34 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      const parsed = JSON.parse(candidate) as Json;
      let written: string | null;
      try {
        written = canonicalJson(parsed);
      } catch {
        written = null;
      }
      expect(isCanonicalText(parsed, candidate)).toBe(written === candidate);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["undefined", undefined],
  ["a member undefined", { a: undefined }],
  ["an element undefined", [undefined]],
  ["a hole", [1, , 2]], // oxlint-disable-line no-sparse-arrays -- the hole is what is tested
  ["NaN", NaN],
  ["an infinity", { a: -Infinity }],
  ["a bigint", 1n],
  ["a symbol", Symbol("a")],
  ["a function", () => 1],
  ["a date", new Date(0)],
  ["a map", new Map()],
  ["bytes", new Uint8Array(1)],
  ["an instance", new URLSearchParams()],
  ["a lone surrogate", "\ud800"],
  ["a lone surrogate in a long string", "x".repeat(100) + "\udc00"],
  ["a lone surrogate in a key", { "\udc00": 1 }],
  ["more levels than allowed", JSON.parse("[".repeat(maxJsonDepth + 1) + "]".repeat(maxJsonDepth + 1))],
])("%s has no canonical form", (_name, value) => {
  expect(() => canonicalJson(value as Json)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
});

test("a key called __proto__ is a key as any other", () => {
  const value = JSON.parse('{"__proto__":{"polluted":true},"a":1}') as Json;
  expect(canonicalJson(value)).toBe('{"__proto__":{"polluted":true},"a":1}');
  expect(canonicalJson(Object.assign(Object.create(null) as object, { b: 1, a: 2 }) as Json)).toBe('{"a":2,"b":1}');
});

test("an object that contains itself is refused, not followed for ever", () => {
  const loop: { self?: unknown } = {};
  loop.self = loop;
  expect(() => canonicalJson(loop as Json)).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
});
