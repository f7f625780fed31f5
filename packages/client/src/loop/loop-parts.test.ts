import { describe, expect, test } from "vitest";
import { delayBeforePush, pushDelayMs, pushIntervalMs } from "./push-pace.ts";
import { Wishes } from "./wishes.ts";

describe("the pace of pushes", () => {
  test.each([
    ["the first goes out at once", 1000, null, pushDelayMs],
    ["so does one after a pause", 10_000, 1000, pushDelayMs],
    ["while typing goes on, one in two seconds", 1500, 1000, pushIntervalMs - 500],
    ["a clock that went back holds nothing up", 500, 1000, pushDelayMs],
  ])("%s", (_, nowMs, lastPushMs, delay) => {
    expect(delayBeforePush(nowMs, lastPushMs)).toBe(delay);
  });
});

test("wishes are merged until they are taken", () => {
  const wishes = new Wishes();
  expect(wishes.isEmpty).toBe(true);
  for (const type of ["push", "pull"] as const) wishes.add({ type, dataType: "contacts" });
  wishes.add({ type: "push", dataType: "notes" });
  expect(wishes.take()).toEqual({ everything: false, dataTypes: ["contacts", "notes"] });
  wishes.add({ type: "everything" });
  expect(wishes.isEmpty).toBe(false);
  expect(wishes.take()).toEqual({ everything: true, dataTypes: [] });
  expect(wishes.isEmpty).toBe(true);
});
