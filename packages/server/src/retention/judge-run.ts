/** Times are milliseconds since 1970, by PostgreSQL's clock. */
export interface RunState {
  readonly lastRunAt: number | null;
  /** Since when the clock is doubted; null: it is not. */
  readonly suspectSince: number | null;
  /** When the current epoch began; null: it is the very first. */
  readonly epochBeganAt: number | null;
}

export type RunVerdict =
  | { readonly outcome: "run"; readonly suspectSince: null }
  | { readonly outcome: "suspended"; readonly suspectSince: number; readonly until: number }
  | { readonly outcome: "paused"; readonly suspectSince: null; readonly until: number };

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
export const maxJumpMs = 48 * hourMs;
export const steadyMs = 7 * dayMs;
export const epochPauseMs = 7 * dayMs;

/**
 * Whether anything may be removed now. A clock that jumped would let the retention remove in an hour what has months to
 * live; a long stop of the server looks the same from here, and an operator can tell them apart. So after a jump
 * nothing is removed until one says that the clock is right, or it went on steadily for a week. After a new epoch
 * devices need a week to bring back what the server lost.
 *
 *   steady ── jump > 48 h ──► suspended ── 7 days without a jump, or accepted ──► steady
 *                               └─ another jump: the 7 days begin anew
 */
export function judgeRun(state: RunState, now: number, isClockAccepted: boolean): RunVerdict {
  const jumped = state.lastRunAt !== null && Math.abs(now - state.lastRunAt) > maxJumpMs;
  const suspectSince = isClockAccepted ? null : jumped ? now : state.suspectSince;
  if (suspectSince !== null && now - suspectSince < steadyMs) {
    return { outcome: "suspended", suspectSince, until: suspectSince + steadyMs };
  }
  if (state.epochBeganAt !== null && now - state.epochBeganAt < epochPauseMs) {
    return { outcome: "paused", suspectSince: null, until: state.epochBeganAt + epochPauseMs };
  }
  return { outcome: "run", suspectSince: null };
}
