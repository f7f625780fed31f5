/** Deletions within this time are looked at together. */
export const deletionWindowMs = 60 * 60 * 1000;
const alwaysAllowed = 50;
const allowedShare = 0.2;

/**
 * How many deletions within an hour are taken as meant: 50, or a fifth of the collection when that is more. Beyond it somebody
 * asks the person first.
 */
export function allowedDeletions(recordsBefore: number): number {
  return Math.max(alwaysAllowed, Math.floor(recordsBefore * allowedShare));
}

/** Times and numbers of the deletions of the last hour. */
export type DeletionLog = readonly { readonly atMs: number; readonly count: number }[];

export const deletionsSince = (log: DeletionLog, nowMs: number): number =>
  withinWindow(log, nowMs).reduce((sum, { count }) => sum + count, 0);

export const withDeletions = (log: DeletionLog, count: number, nowMs: number): DeletionLog =>
  count === 0 ? withinWindow(log, nowMs) : [...withinWindow(log, nowMs), { atMs: nowMs, count }];

function withinWindow(log: DeletionLog, nowMs: number): DeletionLog {
  return log.filter(({ atMs }) => atMs > nowMs - deletionWindowMs && atMs <= nowMs + deletionWindowMs);
}
