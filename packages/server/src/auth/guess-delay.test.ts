import { describe, expect, test } from "vitest";
import { guessDelays, guessDelaySeconds } from "./guess-delay.ts";

describe("guess delay (S38): ten for nothing, then doubling up to an hour", () => {
  test.each([
    [0, 0],
    [9, 0],
    [10, 30],
    [11, 60],
    [12, 120],
    [16, 1920],
    [17, 3600],
    [100, 3600],
    [5000, 3600],
  ])("after %i wrong secrets: %i s", (failures, seconds) => expect(guessDelaySeconds(failures)).toBe(seconds));

  test("the table of delays ends with the longest", () => {
    expect(guessDelays).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600]);
  });
});
