import { isCryptoError, type JsonObject, randomRecordId, type Stamp } from "@owlivion/sync-crypto";
import { limits } from "@owlivion/sync-protocol";
import type { DataType } from "../data-types/data-type.ts";
import { isSameRecord, naturalKeyOf } from "../data-types/natural-key.ts";
import { SyncError } from "../errors.ts";
import type { SyncEvent } from "../events/sync-event.ts";
import { editValue, type EditMode } from "../merge/edit-value.ts";
import { type RecordValue, toPutContent } from "../merge/record-value.ts";
import { newestStamp } from "../merge/stamp.ts";
import { type HoldReason, type MarkRow, type OutboxRow, recordKey, type ViewRow } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import { newTimeUuid } from "../uuid.ts";
import { nextEdit, nextStamp, observeStamp } from "./device-clock.ts";
import { type EngineContext, typeOf, unlockedKeys } from "./engine-context.ts";
import { writeJournal } from "./journal.ts";
import { openKnown } from "./open-known.ts";
import { findRecordOrSlot, type Slot } from "./record-slots.ts";
import { viewOf } from "./view-row.ts";

export const editedTables = [
  "records",
  "views",
  "outbox",
  "marks",
  "batches",
  "conflicts",
  "collections",
  "meta",
] as const;

export interface EditInput {
  /** Null: the natural key finds or makes it, or a random one is taken. */
  readonly recordId: string | null;
  readonly fields: JsonObject;
  readonly mode: EditMode;
  /** Values that nobody chose: they lose to whatever anyone wrote. */
  readonly isDefault?: boolean;
  /** The values were stored before: what the data type's schema says against them flags them, and refuses nothing. */
  readonly isOld?: boolean;
}

export interface Edited {
  readonly recordId: string;
  readonly hasChanged: boolean;
  readonly events: readonly SyncEvent[];
}

/** Writes a local edit: what is visible and what is to be pushed, in one transaction with everything it depends on. */
export async function editRecord(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  input: EditInput,
): Promise<Edited> {
  const type = typeOf(context, dataType);
  const place = await findPlace(context, tx, type, input);
  const { recordId, view } = place;
  const nowMs = context.correctedNow();
  const stamp = await nextStamp(tx, nowMs, context.deviceId());
  const fieldStamp = input.isDefault === true ? null : stamp;
  const before = view ?? null;
  const after = editValue(before, input.fields, place.mode, fieldStamp, type.schema ?? 1);
  if (after === before) return { recordId, hasChanged: false, events: [] };

  const row = viewOf(type, recordId, after);
  if (row.problem !== null && input.isOld !== true)
    throw new SyncError("INVALID_RECORD", { message: `The record is not valid: ${row.problem}` });
  return await writeView(context, tx, dataType, row, stamp);
}

/** Writes what a record is from now on, with the stamps that its fields have already. */
export async function writeValue(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  recordId: string,
  value: RecordValue,
): Promise<Edited> {
  const nowMs = context.correctedNow();
  await observeStamp(tx, newestStamp(value.stamps), nowMs);
  const stamp = await nextStamp(tx, nowMs, context.deviceId());
  return await writeView(context, tx, dataType, viewOf(typeOf(context, dataType), recordId, value), stamp);
}

async function writeView(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  row: ViewRow,
  stamp: Stamp,
): Promise<Edited> {
  const { recordId } = row;
  checkSize(context, dataType, row);
  await tx.put("views", row);
  const { held, events } = await settleMark(context, tx, dataType, recordId, row);
  await putOutbox(tx, row.key, recordId, "put", { nowMs: context.correctedNow(), stamp, held, confirmation: null });
  return { recordId, hasChanged: true, events };
}

interface Place {
  readonly recordId: string;
  readonly view: ViewRow | undefined;
  readonly mode: EditMode;
}

async function findPlace(
  context: EngineContext,
  tx: WriteTransaction,
  type: DataType,
  input: EditInput,
): Promise<Place> {
  const { recordId, fields, mode } = input;
  if (recordId !== null) {
    const view = await tx.get("views", recordKey(type.name, recordId));
    if (view === undefined && mode === "patch") throw new SyncError("RECORD_NOT_FOUND");
    return { recordId, view, mode };
  }
  const naturalKey = naturalKeyOf(type, fields);
  const keys = unlockedKeys(context, type.name);
  const isMeant = async ({ view, known, key }: Slot): Promise<boolean> => {
    let there = view?.fields ?? null;
    // Deleted here, and nobody knows it yet: made again it is the same record.
    if (view === undefined && known?.kind === "put" && (await tx.get("outbox", key))?.kind === "delete") {
      const content = openKnown(keys, known);
      there = content?.kind === "put" ? content.fields : null;
    }
    return there !== null && naturalKeyOf(type, there) === naturalKey && isSameRecord(type, fields, there);
  };
  const slot = naturalKey === null ? null : await findRecordOrSlot(tx, keys, naturalKey, isMeant);
  if (slot === null) return { recordId: randomRecordId(context.ports.random), view: undefined, mode };
  // Somebody has it already: what they wrote beside the given fields stays.
  return { recordId: slot.recordId, view: slot.view, mode: slot.view === undefined ? mode : "patch" };
}

/** A text shorter than this fits sealed, whatever it says: four bytes a character at most, and the padding. */
const surelyFitsChars = limits.maxRecordBytes / 5;

/** Throws RECORD_TOO_LARGE while the person can still do something about it. */
function checkSize(context: EngineContext, dataType: string, row: ViewRow): void {
  if (JSON.stringify([row.fields, row.stamps]).length < surelyFitsChars) return;
  const draft = {
    recordId: row.recordId,
    device: context.deviceId(),
    rev: 1,
    prevHash: null,
    content: toPutContent(row),
  };
  try {
    unlockedKeys(context, dataType).seal(draft, context.ports.random);
  } catch (error) {
    throw isCryptoError(error) && error.code === "RECORD_TOO_LARGE" ? new SyncError("RECORD_TOO_LARGE") : error;
  }
}

/** An edit decides what was open about a record: a staged deletion is refused by it, an unconfirmed record lives again. */
async function settleMark(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  recordId: string,
  view: ViewRow,
): Promise<{ held: HoldReason | null; events: readonly SyncEvent[] }> {
  const mark: MarkRow | undefined = await tx.get("marks", view.key);
  if (mark === undefined) return { held: null, events: [] };
  if (mark.kind !== "unreadable") {
    await tx.delete("marks", view.key);
    return { held: null, events: [] };
  }
  return { held: "unreadable", events: await journalUnreadable(context, tx, dataType, recordId, view.fields) };
}

/** Writes down an edit of a record whose version on the server cannot be opened. */
export async function journalUnreadable(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  recordId: string,
  local: JsonObject | null,
): Promise<readonly SyncEvent[]> {
  const nowMs = context.correctedNow();
  const conflict = await writeJournal(
    tx,
    { kind: "unreadable", base: null, local, remote: null, merged: local, clashes: [] },
    { dataType, recordId, remoteDeviceId: null, nowMs, id: newTimeUuid(context.ports.random, nowMs) },
  );
  return conflict === null ? [] : [{ type: "conflict", conflict }];
}

export interface OutboxEdit {
  readonly nowMs: number;
  readonly stamp: Stamp;
  readonly held: HoldReason | null;
  readonly confirmation: string | null;
  readonly undo?: Uint8Array | null;
}

export async function putOutbox(
  tx: WriteTransaction,
  key: string,
  recordId: string,
  kind: OutboxRow["kind"],
  { nowMs, stamp, held, confirmation, undo = null }: OutboxEdit,
): Promise<void> {
  const edit = await nextEdit(tx);
  const row: OutboxRow = { key, recordId, kind, edit, editedAtMs: nowMs, stamp, sealed: null, held, confirmation };
  await tx.put("outbox", undo === null ? row : { ...row, undo });
}
