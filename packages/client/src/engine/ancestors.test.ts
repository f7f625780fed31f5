import { expect, test } from "vitest";
import { ancestorsAfter, isAmong } from "./ancestors.ts";

const hash = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);

/** After so many envelopes, numbered from 1. */
function chain(length: number): Uint8Array | undefined {
  let row: { hash: Uint8Array; ancestors?: Uint8Array } | undefined;
  for (let fill = 1; fill <= length; fill += 1) {
    const ancestors = ancestorsAfter(row, hash(fill));
    row = { hash: hash(fill), ...(ancestors === undefined ? {} : { ancestors }) };
  }
  return row?.ancestors;
}

const known = (ancestors: Uint8Array | undefined): number[] =>
  Array.from({ length: 40 }, (_, fill) => fill).filter((fill) => isAmong(ancestors, hash(fill)));

test("the first envelope of a record has no ancestors, each further one those before it", () => {
  expect(chain(1)).toBeUndefined();
  expect(known(chain(4))).toEqual([1, 2, 3]);
});

test("sixteen are kept", () => {
  expect(known(chain(30))).toEqual(Array.from({ length: 16 }, (_, i) => 14 + i));
});

test("the same envelope again changes nothing, nor does a deletion without one", () => {
  const row = { hash: hash(4), ancestors: chain(4)! };
  expect(ancestorsAfter(row, hash(4))).toEqual(row.ancestors);
  expect(ancestorsAfter(row, null)).toEqual(row.ancestors);
});

test("hashes are told apart by their first bytes alone, and whole ones", () => {
  const ancestors = ancestorsAfter({ hash: Uint8Array.from({ length: 32 }, (_, i) => i) }, hash(9));
  expect(
    isAmong(
      ancestors,
      Uint8Array.from({ length: 32 }, (_, i) => (i < 8 ? i : 0)),
    ),
  ).toBe(true);
  expect(
    isAmong(
      ancestors,
      Uint8Array.from({ length: 32 }, (_, i) => i + 1),
    ),
  ).toBe(false);
});
