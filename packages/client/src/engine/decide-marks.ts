import { type MarkRow, type RecordRow } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import { newUuid } from "../uuid.ts";
import { applyWithin, openLedger } from "./commit-rows.ts";
import { clearDeletions } from "./deletion-log.ts";
import { nextStamp } from "./device-clock.ts";
import { putOutbox } from "./edit-record.ts";
import { type EngineContext, typeOf, unlockedKeys } from "./engine-context.ts";
import { openKnown } from "./open-known.ts";
import { openRows } from "./open-rows.ts";
import type { AppliedRows } from "./apply-rows.ts";
import { viewOf } from "./view-row.ts";

/** Null: all of them. */
type Chosen = ReadonlySet<string> | null;

async function marksOf(
  tx: WriteTransaction,
  dataType: string,
  kind: MarkRow["kind"],
  chosen: Chosen,
): Promise<MarkRow[]> {
  const marks = await tx.scan("marks", { prefix: `${dataType}/` });
  return marks.filter((mark) => mark.kind === kind && (chosen === null || chosen.has(mark.recordId)));
}

/** Incoming deletions are meant: the records go. A deletion that nobody had sealed is sealed now. Answers the records. */
export async function acceptStaged(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  chosen: Chosen,
): Promise<string[]> {
  const nowMs = context.correctedNow();
  const confirmation = newUuid(context.ports.random);
  const marks = await marksOf(tx, dataType, "staged", chosen);
  for (const { key, recordId, reason } of marks) {
    await tx.delete("views", key);
    await tx.delete("marks", key);
    if (reason !== "unsealed") continue;
    const stamp = await nextStamp(tx, nowMs, context.deviceId());
    await putOutbox(tx, key, recordId, "delete", { nowMs, stamp, held: null, confirmation });
  }
  await clearDeletions(tx, "incoming", dataType);
  return marks.map(({ recordId }) => recordId);
}

/** Incoming deletions are not meant: what this device still shows is put over them. Answers the records. */
export async function rejectStaged(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  chosen: Chosen,
): Promise<string[]> {
  const nowMs = context.correctedNow();
  const marks = await marksOf(tx, dataType, "staged", chosen);
  for (const { key, recordId } of marks) {
    await tx.delete("marks", key);
    const stamp = await nextStamp(tx, nowMs, context.deviceId());
    await putOutbox(tx, key, recordId, "put", { nowMs, stamp, held: null, confirmation: null });
  }
  await clearDeletions(tx, "incoming", dataType);
  return marks.map(({ recordId }) => recordId);
}

/** Records that the server does not offer any more are wanted: they are sent again. Answers those that can be opened. */
export async function keepUnconfirmed(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  chosen: Chosen,
): Promise<string[]> {
  const nowMs = context.correctedNow();
  const kept: string[] = [];
  for (const { key, recordId } of await marksOf(tx, dataType, "unconfirmed", chosen)) {
    const known = await tx.get("records", key);
    const content = known === undefined ? null : openKnown(unlockedKeys(context, dataType), known);
    if (content?.kind !== "put") continue;
    await tx.delete("marks", key);
    await tx.put("views", viewOf(typeOf(context, dataType), recordId, content));
    const stamp = await nextStamp(tx, nowMs, context.deviceId());
    await putOutbox(tx, key, recordId, "put", { nowMs, stamp, held: null, confirmation: null });
    kept.push(recordId);
  }
  return kept;
}

/** Records that the server does not offer any more were deleted: they are forgotten. */
export async function dropUnconfirmed(tx: WriteTransaction, dataType: string, chosen: Chosen): Promise<string[]> {
  const marks = await marksOf(tx, dataType, "unconfirmed", chosen);
  for (const { key } of marks) {
    await tx.delete("marks", key);
    await tx.delete("records", key);
  }
  return marks.map(({ recordId }) => recordId);
}

/** Tries to open what could not be opened: after other keys came, or a newer version of the SDK. */
export async function retryUnreadable(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
): Promise<AppliedRows | null> {
  const ledger = await openLedger(context, tx, dataType);
  const keys = unlockedKeys(context, dataType);
  const readable = [];
  for (const { key } of await marksOf(tx, dataType, "unreadable", null)) {
    const row = await tx.get("records", key);
    if (row === undefined || row.version === 0 || row.envelope === null || openKnown(keys, row) === null) continue;
    ledger.remove(row);
    await tx.delete("records", key);
    readable.push({ ...remoteOf(row), envelope: row.envelope });
  }
  if (readable.length === 0) return null;
  const applied = await applyWithin(context, tx, ledger, openRows(keys, readable));
  await ledger.save(tx);
  return applied;
}

const remoteOf = ({ recordId, kind, version, changedAt, deviceId }: RecordRow) => ({
  recordId,
  kind,
  version,
  changedAt,
  deviceId,
});
