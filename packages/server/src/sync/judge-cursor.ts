import { lineageVersion, noTag, type Cursor } from "./cursor.ts";

/** What a cursor is judged against: one snapshot of its collection. */
export interface CursorGround {
  readonly epoch: string;
  readonly head: number;
  readonly horizon: number;
  readonly historyHorizon: number;
  /** Tag of the batch that wrote the cursor's lineage version; null: that batch is not kept any more. */
  readonly tag: Buffer | null;
  /** All epochs, oldest first, each with the version of this collection at which it began; null: not known. */
  readonly epochs: readonly EpochStart[];
}

export interface EpochStart {
  readonly epoch: string;
  readonly version: number | null;
}

/**
 * `good` also for an older epoch that shares the history up to the cursor: the next cursor carries the new epoch.
 * `broken`: a cursor of this very epoch does not fit the history, so the history was cut and nobody noticed yet.
 * `unproven`: a cursor of an older epoch does not fit although every epoch since began above it: it was cut before one of
 * them began, and nobody noticed; where they began tells nothing about what this device lost.
 */
export type CursorVerdict = "good" | "broken" | "unproven" | "EPOCH_CHANGED" | "CURSOR_EXPIRED" | "HISTORY_EXPIRED";

export function judgeCursor(cursor: Cursor, ground: CursorGround): CursorVerdict {
  const lineage = lineageVersion(cursor);
  const isCurrent = cursor.epoch === ground.epoch;
  const shares = isCurrent || sharesHistory(Math.max(lineage, cursor.version), cursor.epoch, ground.epochs);
  const misfit: CursorVerdict = isCurrent ? "broken" : shares ? "unproven" : "EPOCH_CHANGED";
  if (!shares || Math.max(lineage, cursor.version) > ground.head) return misfit;

  if (lineage > 0 && !cursor.tag.equals(noTag)) {
    if (ground.tag === null) return cursor.asOf === null ? "CURSOR_EXPIRED" : "HISTORY_EXPIRED";
    if (!ground.tag.equals(cursor.tag)) return misfit;
  } else if (lineage > 0 && cursor.asOf === null) {
    return "CURSOR_EXPIRED";
  }
  if (cursor.asOf !== null) return cursor.asOf < ground.historyHorizon ? "HISTORY_EXPIRED" : "good";
  return (cursor.isFirst ? lineage : cursor.version) < ground.horizon ? "CURSOR_EXPIRED" : "good";
}

/** Whether every epoch after the cursor's began at or above its version, as far as that is known. */
function sharesHistory(version: number, epoch: string, epochs: readonly EpochStart[]): boolean {
  const index = epochs.findIndex((start) => start.epoch === epoch);
  if (index === -1) return version === 0;
  return epochs.slice(index + 1).every((start) => start.version === null || version <= start.version);
}
