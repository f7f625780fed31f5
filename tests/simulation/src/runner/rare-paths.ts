/** What every campaign of some length has to come by: a path that is never taken is not tested, however many seeds pass. */
const rarePaths = [
  "auth.graceRefresh",
  "cleanup.purged",
  "event.conflict",
  "event.resync.epoch",
  "event.resync.expired",
  "push.replayed",
  "reply.CURSOR_EXPIRED",
  "reply.EPOCH_CHANGED",
  "reply.QUOTA_EXCEEDED",
  "struck.loseBatches",
  "struck.restoreByCommand",
  "struck.restoreNewCluster",
  "struck.restoreSameCluster",
  "struck.revokeDevice",
  "struck.wipe",
] as const;

/** Fewer seeds may miss a path by chance. */
const enoughSeeds = 5000;

/** The rare paths that a campaign never took; none when it is too short to tell. */
export function neverTaken(seeds: number, counts: ReadonlyMap<string, number>): readonly string[] {
  return seeds < enoughSeeds ? [] : rarePaths.filter((path) => (counts.get(path) ?? 0) === 0);
}
