import { inVersionOrder, invalid } from "./check-page.ts";
import type { WirePush } from "./delta-schemas.ts";
import type { PushedChange, PushReply } from "./replies.ts";

export interface PushRequest {
  readonly dataType: string;
  /** Of the changes that were sent, in order. */
  readonly recordIds: readonly string[];
}

/** Holds a push's reply to what was sent: one result for each change, of its record, and one conflict for each that has one. */
export function checkPush(reply: WirePush, request: PushRequest): PushReply {
  if (reply.data_type !== request.dataType) throw invalid("a reply of another collection");
  if (reply.results.length !== request.recordIds.length) throw invalid("not one result for each change");
  const conflicts = conflictsByIndex(reply);
  const results = reply.results.map((result, index) => {
    if (result.record_id !== request.recordIds[index]) throw invalid("a result of another record");
    const conflict = conflicts.get(index);
    if ((conflict !== undefined) !== (result.status === "conflict")) throw invalid("a conflict without its change");
    return readResult(reply, result, conflict);
  });
  if (conflicts.size !== results.filter((result) => result.status === "conflict").length) {
    throw invalid("a conflict of no change");
  }
  const { delta } = reply;
  return {
    head: reply.version,
    epoch: reply.epoch,
    results,
    syncedAt: reply.synced_at,
    clockSkewMs: reply.clock_skew_ms ?? null,
    delta: delta === undefined ? null : { rows: inVersionOrder(delta.changes, delta.deleted), hasMore: delta.has_more },
    nextCursor: reply.next_cursor ?? null,
  };
}

type WireConflict = NonNullable<WirePush["conflicts"]>[number];

function conflictsByIndex(reply: WirePush): Map<number, WireConflict> {
  const byIndex = new Map<number, WireConflict>();
  for (const conflict of reply.conflicts ?? []) {
    if (byIndex.has(conflict.index)) throw invalid("a conflict twice");
    byIndex.set(conflict.index, conflict);
  }
  return byIndex;
}

function readResult(
  reply: WirePush,
  result: WirePush["results"][number],
  conflict: WireConflict | undefined,
): PushedChange {
  if (conflict !== undefined) {
    const { current, reason, truncated = false } = conflict;
    if (conflict.record_id !== result.record_id) throw invalid("a conflict of another record");
    if (current !== null && current.recordId !== result.record_id) throw invalid("a conflict with another record");
    return { status: "conflict", reason, current, isTruncated: truncated };
  }
  if (result.version === undefined || result.version > reply.version) throw invalid("a change without its version");
  if (result.status === "unchanged") return { status: "unchanged", version: result.version };
  if (result.changed_at === undefined) throw invalid("a change without its time");
  return { status: "applied", version: result.version, changedAt: result.changed_at };
}
