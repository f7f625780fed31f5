import fc from "fast-check";
import { expect, test } from "vitest";
import { SyncError } from "../errors.ts";
import { retryAfterCapMs, retryCapMs, retryDelay } from "./retry.ts";

const below1 = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("only what the error table calls retry is retried", () => {
  expect(retryDelay(new SyncError("OFFLINE"), 1, 0.5)).toBe(500);
  expect(retryDelay(new SyncError("OVERLOADED"), 1, 0.5)).toBe(500);
  for (const code of [
    "INVALID_REQUEST",
    "TOKEN_EXPIRED",
    "CURSOR_EXPIRED",
    "BODY_TOO_LARGE",
    "WRONG_PASSWORD",
  ] as const) {
    expect(retryDelay(new SyncError(code, { retryAfterMs: 5 }), 1, 0.5)).toBeNull();
  }
});

test("backoff doubles from a second to five minutes, with full jitter", () => {
  const error = new SyncError("OFFLINE");
  expect([1, 2, 3, 4].map((attempt) => retryDelay(error, attempt, 0.999_999))).toEqual([1000, 2000, 4000, 8000]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), below1, (attempt, random) => {
      const delay = retryDelay(error, attempt, random)!;
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(retryCapMs);
    }),
  );
});

test("Retry-After is honoured, never shortened, and capped at an hour", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 * retryAfterCapMs }), below1, (retryAfterMs, random) => {
      const asked = Math.min(retryAfterMs, retryAfterCapMs);
      const delay = retryDelay(new SyncError("RATE_LIMITED", { retryAfterMs }), 1, random)!;
      expect(delay).toBeGreaterThanOrEqual(asked);
      expect(delay).toBeLessThanOrEqual(asked * 1.25 + 1);
    }),
  );
});
