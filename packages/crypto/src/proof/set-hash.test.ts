import fc from "fast-check";
import { expect, test } from "vitest";
import { SetHash } from "./set-hash.ts";

const anyTerm = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  // Where carries run through every word.
  fc.constantFrom(0, 1, 255).map((byte) => new Uint8Array(32).fill(byte)),
);

const sumOf = (terms: readonly Uint8Array[]) => {
  const sum = SetHash.empty();
  for (const term of terms) sum.add(term);
  return sum;
};

const bigOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

test("the sum is that of numbers modulo 2^256, in any order", () => {
  fc.assert(
    fc.property(fc.array(anyTerm), (terms) => {
      const total = BigInt.asUintN(
        256,
        terms.reduce((sum, term) => sum + bigOf(term), 0n),
      );
      expect(bigOf(sumOf(terms).toBytes())).toBe(total);
      expect(sumOf(terms.toReversed()).equals(sumOf(terms))).toBe(true);
    }),
  );
});

test("taking back what was added leaves what was there", () => {
  fc.assert(
    fc.property(fc.array(anyTerm), anyTerm, (terms, term) => {
      expect(sumOf(terms).add(term).remove(term).equals(sumOf(terms))).toBe(true);
      expect(sumOf(terms).remove(term).add(term).equals(sumOf(terms))).toBe(true);
    }),
  );
});

test("a stored sum goes on where it was, and a copy goes its own way", () => {
  fc.assert(
    fc.property(fc.array(anyTerm), anyTerm, (terms, term) => {
      const sum = sumOf(terms);
      expect(SetHash.fromBytes(sum.toBytes()).equals(sum)).toBe(true);
      const copy = sum.copy().add(term);
      expect(sum.equals(sumOf(terms))).toBe(true);
      expect(copy.equals(sumOf([...terms, term]))).toBe(true);
    }),
  );
});

test("a term of another length is refused", () => {
  expect(() => SetHash.empty().add(new Uint8Array(31))).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
});
