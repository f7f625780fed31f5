import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeKey } from "./encode-key.ts";

/** Code units where UTF-8 and UTF-16 disagree about the order are drawn often. */
const unit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }),
  fc.constantFrom(0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfffd, 0xffff),
);
const text = fc.array(unit, { maxLength: 4 }).map((units) => String.fromCharCode(...units));

test("the order of the bytes is that of the strings", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const order = a === b ? 0 : a < b ? -1 : 1;
      expect(Buffer.compare(encodeKey(a), encodeKey(b))).toBe(order);
    }),
    { numRuns: 2000 },
  );
});

test("what has no surrogates is plain UTF-8", () => {
  expect(Buffer.from(encodeKey("contacts/Zoë–中\ue000")).toString()).toBe("contacts/Zoë–中\ue000");
});
