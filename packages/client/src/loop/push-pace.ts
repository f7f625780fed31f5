/** While edits keep coming, they go out together, one batch in so many milliseconds. */
export const pushIntervalMs = 2_000;
/** Edits made in one go, as by an import, go out together. */
export const pushDelayMs = 30;

/** How long to wait before an edit is pushed: at once when nothing was pushed lately, else until the interval is over. */
export function delayBeforePush(nowMs: number, lastPushMs: number | null): number {
  if (lastPushMs === null || lastPushMs > nowMs) return pushDelayMs;
  return Math.max(pushDelayMs, lastPushMs + pushIntervalMs - nowMs);
}
