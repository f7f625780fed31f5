import type { CollectionRow, Standpoint, Walk } from "../store/rows.ts";
import type { EpochChange } from "../transport/replies.ts";
import { readCollection } from "./collection-ledger.ts";
import type { EngineContext } from "./engine-context.ts";

/** Why a collection is read from its beginning, and what is known of a cut in the server's history. */
export type WalkReason =
  { readonly cause: "first" | "expired" | "repair" } | { readonly cause: "epoch"; readonly cutVersion: number | null };

/**
 * The version up to which the server still has what this device has seen: where the first epoch after the device's own began,
 * or an earlier one after that. Null: nobody knows.
 */
export function cutVersionAfter(ownEpoch: string | null, change: EpochChange | null): number | null {
  if (change === null || ownEpoch === null) return null;
  const own = change.epochs.findIndex(({ epoch }) => epoch === ownEpoch);
  if (own === -1) return null;
  const later = change.epochs.slice(own + 1).map(({ version }) => version);
  if (later.length === 0) return null;
  return later.reduce((least, version) => (least === null || version === null ? null : Math.min(least, version)));
}

/** Starts over: the next pull begins at the first version. What is here stays visible; what the walk does not see is dealt with at its end. */
export async function beginWalk(context: EngineContext, dataType: string, reason: WalkReason): Promise<void> {
  await context.store.write(["collections"], async (tx) => {
    const row = await readCollection(tx, dataType);
    await tx.put("collections", startedWalk(row, reason));
  });
  if (reason.cause !== "first") context.events.emit({ type: "resync", dataType, cause: reason.cause });
}

export function startedWalk(row: CollectionRow, reason: WalkReason): CollectionRow {
  const walk: Walk = {
    cause: mergedCause(row.walk, reason),
    cutVersion: mergedCut(row.walk, reason),
    startHead: null,
    sweptTo: null,
    before: row.walk === null ? standpointOf(row) : (row.walk.before ?? null),
    receivedRecords: 0,
    receivedBytes: 0,
    totalRecords: null,
  };
  // What was proved of a history that is gone says nothing about another.
  const isCut = walk.cause === "epoch";
  const proved = isCut ? { verified: null, provedVersion: 0, acknowledgedTo: 0 } : {};
  return { ...row, ...proved, cursor: null, generation: row.generation + 1, walk };
}

const standpointOf = ({ epoch, cursor, position }: CollectionRow): Standpoint | null =>
  epoch === null || cursor === null ? null : { epoch, cursor, position };

/** A walk that is interrupted by another reason remembers the graver one: a cut. */
function mergedCause(before: Walk | null, { cause }: WalkReason): Walk["cause"] {
  return before?.cause === "epoch" ? "epoch" : cause;
}

export function mergedCut(before: Walk | null, reason: WalkReason): number | null {
  const cut = reason.cause === "epoch" ? reason.cutVersion : null;
  if (before?.cause !== "epoch") return cut;
  if (reason.cause !== "epoch") return before.cutVersion;
  return before.cutVersion === null || cut === null ? null : Math.min(before.cutVersion, cut);
}
