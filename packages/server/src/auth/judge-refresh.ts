/** What the database says about a presented refresh token, under the lock of its user. */
export interface PresentedToken {
  readonly expiresAtMs: number;
  /** When its successor was issued. */
  readonly consumedAtMs: number | null;
  readonly isSuccessorUnused: boolean;
}

/**
 * - `rotate`  first use: issue the successor
 * - `repeat`  the answer was lost: give the same successor again
 * - `reused`  somebody else has a copy: end the session
 */
export type RefreshVerdict = "rotate" | "repeat" | "expired" | "reused";

export const retryGraceMs = 60_000;

export function judgeRefresh(token: PresentedToken, nowMs: number): RefreshVerdict {
  if (token.consumedAtMs === null) return nowMs < token.expiresAtMs ? "rotate" : "expired";
  return nowMs - token.consumedAtMs <= retryGraceMs && token.isSuccessorUnused ? "repeat" : "reused";
}
