import { describe, expect, test } from "vitest";
import { judgeRefresh, retryGraceMs } from "./judge-refresh.ts";

describe("judgeRefresh", () => {
  const now = 1_000_000_000;
  const later = now + 1000;
  test.each([
    ["S39 first use", { expiresAtMs: later, consumedAtMs: null, isSuccessorUnused: false }, "rotate"],
    ["expired", { expiresAtMs: now, consumedAtMs: null, isSuccessorUnused: false }, "expired"],
    ["S40 retry at once", { expiresAtMs: later, consumedAtMs: now, isSuccessorUnused: true }, "repeat"],
    [
      "retry at the end of the grace",
      { expiresAtMs: later, consumedAtMs: now - retryGraceMs, isSuccessorUnused: true },
      "repeat",
    ],
    [
      "S41 retry after the grace",
      { expiresAtMs: later, consumedAtMs: now - retryGraceMs - 1, isSuccessorUnused: true },
      "reused",
    ],
    ["S41 the successor was used", { expiresAtMs: later, consumedAtMs: now - 1, isSuccessorUnused: false }, "reused"],
    [
      "consumed by a process whose clock is ahead",
      { expiresAtMs: later, consumedAtMs: now + 5000, isSuccessorUnused: true },
      "repeat",
    ],
    [
      "S41 consumed and past its time",
      { expiresAtMs: now - 1, consumedAtMs: now - retryGraceMs - 1, isSuccessorUnused: true },
      "reused",
    ],
  ] as const)("%s", (_, token, verdict) => expect(judgeRefresh(token, now)).toBe(verdict));
});
