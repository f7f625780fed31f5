import { expect, test } from "vitest";
import { allowedDeletions, deletionsSince, deletionWindowMs, withDeletions } from "./deletion-limit.ts";

test.each([
  [0, 50],
  [250, 50],
  [251, 50],
  [255, 51],
  [10_000, 2000],
])("of %i records %i deletions an hour are taken as meant (C-I12)", (records, allowed) => {
  expect(allowedDeletions(records)).toBe(allowed);
});

test("only the deletions of the last hour count, and a clock that went back forgets none", () => {
  const log = withDeletions(withDeletions([], 30, 1000), 5, 2000);
  expect(deletionsSince(log, 2000)).toBe(35);
  expect(deletionsSince(log, 1000 + deletionWindowMs)).toBe(5);
  expect(deletionsSince(log, 500)).toBe(35);
  expect(withDeletions(log, 0, 3000 + deletionWindowMs)).toEqual([]);
});
