import { describe, expect, test } from "vitest";
import { readCorpus } from "./corpus.ts";
import { runRange } from "./range.ts";
import { failureOf, shrink } from "./shrink.ts";
import { makeCase } from "./steps.ts";
import type { Defect } from "./planner-device.ts";

test.each(readCorpus())("what was found before stays away: $name", ({ world }) => {
  expect(failureOf(world)).toBeNull();
});

describe("the decisions alone, in many small worlds", () => {
  test("hold to their rules", () => {
    const { failures, counts } = runRange(0, 2000);
    expect(failures).toEqual([]);
    const rare = ["STALE", "EXISTS", "unchanged", "journal entry", "resync", "cursor broken", "cursor EPOCH_CHANGED"];
    for (const what of rare) expect(counts.get(what), what).toBeGreaterThan(0);
  });

  test.each<[Defect, string]>([
    ["forgets the journal", "C-I5"],
    ["drops lost batches", "C-I5"],
    ["applies late pages", "C-I3"],
    ["settles newer edits", "C-I5"],
  ])("notice a device that %s, and shrink it to a few steps", (defect, rule) => {
    const world = Array.from({ length: 500 }, (_, seed) => makeCase(seed)).find(
      (one) => failureOf(one, defect)?.rule === rule,
    );
    const small = shrink(world!, rule, defect);
    expect(failureOf(small, defect)?.rule).toBe(rule);
    expect(failureOf(small)).toBeNull();
    expect(small.steps.length).toBeLessThanOrEqual(8);
  });
});
