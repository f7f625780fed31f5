import type { GuessRules } from "./account-store.ts";

export interface FailureEntry {
  readonly failures: number;
  readonly windowBeganAtMs: number;
  readonly lockedUntilMs: number | null;
}

/** As the statement of failure-rows.ts; null while it is locked. */
export function countFailure(
  before: FailureEntry | undefined,
  nowMs: number,
  { freeGuesses, windowSeconds, delaysSeconds }: GuessRules,
): FailureEntry | null {
  const first = { failures: 1, windowBeganAtMs: nowMs, lockedUntilMs: null };
  if (before === undefined) return first;
  const { lockedUntilMs, windowBeganAtMs } = before;
  if (lockedUntilMs !== null && lockedUntilMs > nowMs) return null;
  if (Math.max(windowBeganAtMs, lockedUntilMs ?? windowBeganAtMs) + windowSeconds * 1000 <= nowMs) return first;
  const failures = before.failures + 1;
  if (failures < freeGuesses) return { failures, windowBeganAtMs, lockedUntilMs: null };
  const delay = delaysSeconds[Math.min(failures - freeGuesses, delaysSeconds.length - 1)] ?? 0;
  return { failures, windowBeganAtMs, lockedUntilMs: nowMs + delay * 1000 };
}
