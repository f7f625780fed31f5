import { describe, expect, test } from "vitest";
import { judgeRun, type RunState } from "./judge-run.ts";

const hour = 3_600_000;
const day = 24 * hour;
const now = 1000 * day;
const calm: RunState = { lastRunAt: now - hour, suspectSince: null, epochBeganAt: null };

describe("retention: whether cleanup may run", () => {
  test.each<[string, Partial<RunState>, boolean, object]>([
    ["the first run ever", { lastRunAt: null }, false, { outcome: "run" }],
    ["a regular run", {}, false, { outcome: "run" }],
    ["48 hours later", { lastRunAt: now - 48 * hour }, false, { outcome: "run" }],
    [
      "more than 48 hours ahead",
      { lastRunAt: now - 48 * hour - 1 },
      false,
      { outcome: "suspended", suspectSince: now, until: now + 7 * day },
    ],
    ["more than 48 hours back", { lastRunAt: now + 48 * hour + 1 }, false, { outcome: "suspended", suspectSince: now }],
    ["a jump that the operator accepts", { lastRunAt: now - 90 * day }, true, { outcome: "run" }],
    [
      "suspected six days ago",
      { suspectSince: now - 6 * day },
      false,
      { outcome: "suspended", suspectSince: now - 6 * day },
    ],
    [
      "suspected and steady for seven days",
      { suspectSince: now - 7 * day },
      false,
      { outcome: "run", suspectSince: null },
    ],
    [
      "suspected, and it jumps again",
      { suspectSince: now - 6 * day, lastRunAt: now - 3 * day },
      false,
      { outcome: "suspended", suspectSince: now },
    ],
    [
      "suspected, and it jumps beyond the seven days",
      { suspectSince: now - 90 * day, lastRunAt: now - 89 * day },
      false,
      { outcome: "suspended", suspectSince: now },
    ],
    [
      "suspected, and it jumps back",
      { suspectSince: now + 90 * day, lastRunAt: now + 90 * day },
      false,
      { outcome: "suspended", suspectSince: now },
    ],
    ["suspected, and accepted", { suspectSince: now - day }, true, { outcome: "run", suspectSince: null }],
    ["a new epoch", { epochBeganAt: now - 6 * day }, false, { outcome: "paused", until: now + day }],
    ["a new epoch, accepting the clock does not help", { epochBeganAt: now - 6 * day }, true, { outcome: "paused" }],
    ["an epoch of a week ago", { epochBeganAt: now - 7 * day }, false, { outcome: "run" }],
  ])("%s", (_name, change, isAccepted, expected) => {
    expect(judgeRun({ ...calm, ...change }, now, isAccepted)).toMatchObject(expected);
  });
});
