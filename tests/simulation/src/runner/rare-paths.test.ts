import { expect, test } from "vitest";
import { neverTaken } from "./rare-paths.ts";

test("a long campaign that never took a rare path names it", () => {
  const counts = new Map([["event.resync.expired", 3]]);
  const missing = neverTaken(5000, counts);
  expect(missing).toContain("event.resync.epoch");
  expect(missing).not.toContain("event.resync.expired");
  const all = new Map(missing.map((path) => [path, 1]).concat([...counts]) as [string, number][]);
  expect(neverTaken(5000, all)).toEqual([]);
});

test("a short one may miss any", () => {
  expect(neverTaken(4999, new Map())).toEqual([]);
});
