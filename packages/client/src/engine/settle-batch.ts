import { hashEnvelope, readHeader } from "@owlivion/sync-crypto";
import { SyncError } from "../errors.ts";
import { type BatchRow, recordKey, type RecordRow } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import { decodeCbor } from "../transport/cbor-decode.ts";
import type { PushedChange, PushReply, RemoteRow } from "../transport/replies.ts";
import { cutBelowAcknowledged } from "./acknowledged-ahead.ts";
import { appliedTables } from "./apply-rows.ts";
import type { CollectionLedger } from "./collection-ledger.ts";
import { applyWithin, openLedger, tellApplied } from "./commit-rows.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";
import { openRows } from "./open-rows.ts";
import type { WireChange } from "./plan-push.ts";
import { startedWalk } from "./walk.ts";

export interface SettledBatch {
  readonly applied: number;
  readonly conflicts: number;
  /** Everything up to the server's head is here. */
  readonly isCaughtUp: boolean;
}

/**
 * Takes the reply of a batch over, in one transaction: what was accepted becomes acknowledged, what met a newer record is merged
 * with it, what others did meanwhile is applied, the cursor moves, and the batch is gone.
 */
export async function settleBatch(context: EngineContext, batch: BatchRow, reply: PushReply): Promise<SettledBatch> {
  const dataType = batch.key;
  const keys = unlockedKeys(context, dataType);
  const sent = sentChanges(batch);
  // Without a delta the cursor was too old: the records come again, with the horizon that tells what they are.
  const conflicts = reply.delta === null ? [] : openRows(keys, currentsOf(reply.results));
  const delta = openRows(keys, reply.delta?.rows ?? []);
  const outcome = await context.store.write([...appliedTables, "batches"], async (tx) => {
    if ((await tx.get("batches", dataType))?.idempotencyKey !== batch.idempotencyKey) return null;
    const ledger = await openLedger(context, tx, dataType);
    const cut = cutBelowAcknowledged(ledger.row, reply);
    const healed: string[] = [];
    for (const [i, change] of sent.entries()) {
      const [entry, result] = [batch.entries[i]!, reply.results[i]!];
      await settleChange(context, tx, ledger, change, entry.edit, result, reply.syncedAt);
      if (result.status !== "conflict" && (await clearUnreadable(tx, dataType, entry.recordId)))
        healed.push(entry.recordId);
    }
    const results = [await applyWithin(context, tx, ledger, conflicts), await applyWithin(context, tx, ledger, delta)];
    // A reply has no horizon: what looks like a replay may be a record begun anew. The next page tells, from where we stand.
    const isDoubtful = results.some(({ violations }) => violations.length > 0);
    const place = cut !== null ? startedWalk(ledger.row, cut) : isDoubtful ? {} : placeAfter(reply);
    const acknowledgedTo = Math.max(cut === null ? (ledger.row.acknowledgedTo ?? 0) : 0, ...versionsOf(reply.results));
    await ledger.save(tx, { ...place, acknowledgedTo, lastSyncMs: context.correctedNow() });
    await tx.delete("batches", dataType);
    return { results, healed, isBehind: isDoubtful || cut !== null, cut };
  });
  for (const applied of outcome?.results ?? []) tellApplied(context, dataType, { ...applied, violations: [] });
  if (outcome?.cut != null) context.events.emit({ type: "resync", dataType, cause: outcome.cut.cause });
  for (const recordId of outcome?.healed ?? []) context.events.emit({ type: "healed", dataType, recordId });
  return {
    applied: reply.results.filter(({ status }) => status !== "conflict").length,
    conflicts: reply.results.filter(({ status }) => status === "conflict").length,
    isCaughtUp: reply.delta !== null && !reply.delta.hasMore && outcome?.isBehind !== true,
  };
}

/** Drops a batch that was refused as a whole; its edits are still in the outbox. */
export async function dropBatch(context: EngineContext, batch: BatchRow): Promise<void> {
  await context.store.write(["batches"], async (tx) => {
    const stored = await tx.get("batches", batch.key);
    if (stored?.idempotencyKey === batch.idempotencyKey) await tx.delete("batches", batch.key);
  });
}

export function sentChanges(batch: BatchRow): WireChange[] {
  const body = decodeCbor(batch.body) as unknown as { changes: WireChange[] };
  if (body.changes.length !== batch.entries.length) throw new SyncError("INTERNAL");
  return body.changes;
}

function placeAfter({ delta, nextCursor, epoch, head }: PushReply) {
  // After a replay whose cursor is too old there is no delta: the next pull says what to do.
  if (delta === null || nextCursor === null) return {};
  const position = delta.hasMore ? (delta.rows.at(-1)?.version ?? null) : head;
  return { cursor: nextCursor, epoch, ...(position === null ? {} : { position }) };
}

const versionsOf = (results: readonly PushedChange[]): number[] =>
  results.flatMap((result) => (result.status === "conflict" ? [] : [result.version]));

const currentsOf = (results: readonly PushedChange[]): RemoteRow[] =>
  results.flatMap((result) => (result.status === "conflict" && result.current !== null ? [result.current] : []));

async function settleChange(
  context: EngineContext,
  tx: WriteTransaction,
  ledger: CollectionLedger,
  change: WireChange,
  edit: number,
  result: PushedChange,
  syncedAt: string,
): Promise<void> {
  const key = recordKey(ledger.row.key, change.record_id);
  const known = await tx.get("records", key);
  if (result.status === "conflict") {
    // Nothing stands there any more: what is pending goes out as something new.
    if (result.current === null && !result.isTruncated) await detach(tx, ledger, known);
    return;
  }
  const before = await tx.get("outbox", key);
  if (before !== undefined && before.edit === edit) await tx.delete("outbox", key);
  const envelope = change.encrypted_record.slice();
  const kind = change.change_type === "delete" ? "tombstone" : "put";
  const isForeignTombstone = kind === "tombstone" && result.status === "unchanged";
  const row: Omit<RecordRow, "isCounted"> = {
    key,
    recordId: change.record_id,
    kind,
    version: result.version,
    // A deletion of what was deleted already: whose tombstone stands there, a later page may tell.
    envelope: isForeignTombstone ? null : envelope,
    hash: isForeignTombstone ? null : hashEnvelope(envelope),
    rev: readHeader(envelope).rev,
    changedAt: result.status === "applied" ? result.changedAt : syncedAt,
    deviceId: context.deviceId(),
    generation: ledger.row.generation,
  };
  // A replayed reply may be older than what a page has brought since.
  if (known !== undefined && known.version > result.version) return;
  await tx.put("records", ledger.replace(known, row));
}

/** What could not be opened was replaced by what the person wanted. */
async function clearUnreadable(tx: WriteTransaction, dataType: string, recordId: string): Promise<boolean> {
  const key = recordKey(dataType, recordId);
  if ((await tx.get("marks", key))?.kind !== "unreadable") return false;
  await tx.delete("marks", key);
  return true;
}

async function detach(tx: WriteTransaction, ledger: CollectionLedger, known: RecordRow | undefined): Promise<void> {
  if (known === undefined) return;
  ledger.remove(known);
  await tx.put("records", { ...known, version: 0, isCounted: false });
}
