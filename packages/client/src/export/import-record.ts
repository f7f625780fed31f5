import type { JsonObject } from "@owlivion/sync-crypto";
import { presentFields } from "../data-types/data-type.ts";
import { type Edited, writeValue } from "../engine/edit-record.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import { writeJournal } from "../engine/journal.ts";
import { isSyncError } from "../errors.ts";
import type { RecordValue } from "../merge/record-value.ts";
import type { SyncEvent } from "../events/sync-event.ts";
import { recordKey } from "../store/rows.ts";
import type { ReadTransaction, WriteTransaction } from "../store/store.ts";
import { newTimeUuid } from "../uuid.ts";
import { mergeImport } from "./merge-import.ts";

export interface JudgedImport {
  readonly recordId: string;
  readonly outcome: "added" | "updated" | "unchanged" | "kept" | "clashing" | "stayedDeleted";
  /** What the record is from now on; null: nothing is written. */
  readonly value: RecordValue | null;
  /** What the person is asked about. */
  readonly clash: {
    readonly fields: readonly string[];
    /** As it is from now on: when the same is imported again it is the same question. */
    readonly local: JsonObject;
    readonly imported: JsonObject;
  } | null;
}

/** What becomes of one record of an import, by what is here. */
export async function judgeImport(
  tx: ReadTransaction,
  dataType: string,
  recordId: string,
  imported: RecordValue,
  bringBack: boolean,
): Promise<JudgedImport> {
  const key = recordKey(dataType, recordId);
  const view = await tx.get("views", key);
  if (view === undefined) {
    const isDeleted = (await isDeletedHere(tx, key)) && !bringBack;
    if (isDeleted) return { recordId, outcome: "stayedDeleted", value: null, clash: null };
    return { recordId, outcome: "added", value: imported, clash: null };
  }
  const { value, kept, clashes } = mergeImport(view, imported);
  const hasChanged = value !== (view as RecordValue);
  const outcome = clashes.length > 0 ? "clashing" : hasChanged ? "updated" : kept.length > 0 ? "kept" : "unchanged";
  const clash = clashes.length === 0 ? null : { fields: clashes, local: value.fields, imported: imported.fields };
  return { recordId, outcome, value: hasChanged ? value : null, clash };
}

async function isDeletedHere(tx: ReadTransaction, key: string): Promise<boolean> {
  if ((await tx.get("outbox", key))?.kind === "delete") return true;
  return (await tx.get("records", key))?.kind === "tombstone";
}

/** Null: it does not fit into an envelope here, and nothing was written. */
export async function applyImport(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  { recordId, value, clash }: JudgedImport,
): Promise<{ readonly changedIds: readonly string[]; readonly events: readonly SyncEvent[] } | null> {
  let edited: Edited | null = null;
  try {
    if (value !== null) edited = await writeValue(context, tx, dataType, recordId, value);
  } catch (error) {
    if (isSyncError(error, "RECORD_TOO_LARGE")) return null;
    throw error;
  }
  const events = [...(edited?.events ?? [])];
  if (clash !== null) {
    const nowMs = context.correctedNow();
    const conflict = await writeJournal(
      tx,
      {
        kind: "fields",
        base: null,
        local: clash.local,
        remote: presentFields(clash.imported),
        merged: clash.local,
        clashes: clash.fields,
      },
      { dataType, recordId, remoteDeviceId: null, nowMs, id: newTimeUuid(context.ports.random, nowMs) },
    );
    if (conflict !== null) events.push({ type: "conflict", conflict });
  }
  return { changedIds: edited === null ? [] : [recordId], events };
}
