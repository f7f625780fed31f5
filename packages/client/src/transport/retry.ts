import type { SyncError } from "../errors.ts";

export const retryBaseMs = 1_000;
export const retryCapMs = 5 * 60_000;
/** A server may ask for more patience than our own cap, within reason. */
export const retryAfterCapMs = 60 * 60_000;
/** Of what `Retry-After` says: so much may be added, so that devices told the same do not come back together. */
const spread = 0.25;

/**
 * How long to wait before the same request is sent again; null: waiting does not help. `attempt` counts the failures so far,
 * from 1. Without `Retry-After`: exponential backoff with full jitter. `random` is from 0 to below 1.
 */
export function retryDelay(
  error: Pick<SyncError, "retry" | "retryAfterMs">,
  attempt: number,
  random: number,
): number | null {
  if (error.retry !== "retry") return null;
  if (error.retryAfterMs !== null) {
    return Math.round(Math.min(error.retryAfterMs, retryAfterCapMs) * (1 + spread * random));
  }
  const ceiling = Math.min(retryCapMs, retryBaseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling * random);
}
