import fc from "fast-check";
import { expect, test } from "vitest";
import { compareStamps } from "@owlivion/sync-crypto";
import { clockStart, maxFollowedLeadMs, observe, tick } from "./hybrid-clock.ts";

const device = "7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01";

test("stamps only grow, whatever the clock does", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10, max: 2 ** 49 }), { minLength: 2 }), (times) => {
      let state = clockStart;
      let last = null;
      for (const now of times) {
        const next = tick(state, now, device);
        if (last !== null) expect(compareStamps(next.stamp, last)).toBeGreaterThan(0);
        ({ state, stamp: last } = next);
      }
    }),
  );
});

test("a stamp that was seen is before the next one given out", () => {
  const seen = { wallMs: 1000, counter: 7, device };
  const { stamp } = tick(observe(clockStart, seen, 900), 500, device);
  expect(compareStamps(stamp, seen)).toBeGreaterThan(0);
});

test("a clock that is far ahead is not followed", () => {
  const far = { wallMs: 10_000 + maxFollowedLeadMs + 1, counter: 0, device };
  expect(observe(clockStart, far, 10_000)).toBe(clockStart);
});

test("a full counter goes on in the next millisecond", () => {
  expect(tick({ wallMs: 5, counter: 0xffff }, 5, device).stamp).toEqual({ wallMs: 6, counter: 0, device });
});
