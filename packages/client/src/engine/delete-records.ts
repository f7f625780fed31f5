import { type OutboxRow, recordKey, type RecordRow, type ViewRow } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import { newUuid } from "../uuid.ts";
import { deletionWindowMs } from "./deletion-limit.ts";
import { clearDeletions, deletionsLeft, logDeletions } from "./deletion-log.ts";
import { nextStamp } from "./device-clock.ts";
import type { SyncEvent } from "../events/sync-event.ts";
import { journalUnreadable, putOutbox } from "./edit-record.ts";
import type { EngineContext } from "./engine-context.ts";
import { engineOutboxRow, noStamp } from "./outbox-row.ts";
import { sealEdit } from "./plan-push.ts";

export interface Deleted {
  /** Those that were there. */
  readonly recordIds: readonly string[];
  /** Deletions that wait for the person, these and earlier ones of the hour; 0: none has to. */
  readonly held: number;
  readonly events: readonly SyncEvent[];
}

/**
 * Deletes records locally. Beyond the limit of an hour nothing of it is pushed before the person has confirmed; `isConfirmed`
 * says that the person was asked.
 */
export async function deleteRecords(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  recordIds: readonly string[],
  isConfirmed: boolean,
): Promise<Deleted> {
  const nowMs = context.correctedNow();
  const confirmation = isConfirmed ? newUuid(context.ports.random) : null;
  const inFlight = new Set((await tx.get("batches", dataType))?.entries.map(({ recordId }) => recordId));
  const records = await tx.count("views", `${dataType}/`);
  const deleted: string[] = [];
  const events: SyncEvent[] = [];
  let sent = 0;
  for (const recordId of recordIds) {
    const key = recordKey(dataType, recordId);
    const view = await tx.get("views", key);
    if (view === undefined) continue;
    await tx.delete("views", key);
    deleted.push(recordId);
    const known = await tx.get("records", key);
    if ((await tx.get("marks", key))?.kind === "unreadable") {
      // Nobody has read what would be deleted with it.
      const stamp = await nextStamp(tx, nowMs, context.deviceId());
      await putOutbox(tx, key, recordId, "delete", { nowMs, stamp, held: "unreadable", confirmation });
      events.push(...(await journalUnreadable(context, tx, dataType, recordId, null)));
      continue;
    }
    await tx.delete("marks", key);
    if (known?.kind !== "put" && !inFlight.has(recordId)) {
      // Nobody else has ever seen it, or all have seen it deleted.
      await tx.delete("outbox", key);
      if (known === undefined || known.envelope !== null) continue;
    }
    const undo = await sealUnsent(context, tx, dataType, view, known);
    const stamp = await nextStamp(tx, nowMs, context.deviceId());
    await putOutbox(tx, key, recordId, "delete", { nowMs, stamp, held: null, confirmation, undo });
    sent += 1;
  }
  if (isConfirmed || sent === 0) return { recordIds: deleted, held: 0, events };
  const left = await deletionsLeft(tx, "local", dataType, records, nowMs);
  await logDeletions(tx, "local", dataType, sent, nowMs);
  const held = sent > left ? await holdDeletions(tx, dataType, nowMs) : 0;
  return { recordIds: deleted, held, events };
}

/** What goes with the view, and no acknowledged envelope says: should the person not mean the deletion, it is there again. */
async function sealUnsent(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  view: ViewRow,
  known: RecordRow | undefined,
): Promise<Uint8Array | null> {
  const pending = await tx.get("outbox", view.key);
  const keyring = context.keyring();
  if ((pending === undefined && known?.kind === "put") || keyring === null) return null;
  const outbox = pending ?? engineOutboxRow(view, "put", null, 0, noStamp(context.deviceId()));
  const keys = keyring.collection(dataType);
  return sealEdit(keys, context.deviceId(), { outbox, known, view }, context.ports.random);
}

/** Holds every deletion of the hour that is not on its way. */
async function holdDeletions(tx: WriteTransaction, dataType: string, nowMs: number): Promise<number> {
  const rows = await deletionsOf(tx, dataType);
  const recent = rows.filter(
    ({ confirmation, editedAtMs, held }) =>
      confirmation === null && held !== "unreadable" && editedAtMs > nowMs - deletionWindowMs,
  );
  await tx.put("outbox", ...recent.map((row) => ({ ...row, held: "deletions" as const })));
  return recent.length;
}

async function deletionsOf(tx: WriteTransaction, dataType: string): Promise<OutboxRow[]> {
  const rows = await tx.scan("outbox", { prefix: `${dataType}/` });
  return rows.filter(({ kind }) => kind === "delete");
}

/** The person meant it: the deletions go out, with one confirmation sealed into each. Answers how many. */
export async function confirmDeletions(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
): Promise<number> {
  const held = (await deletionsOf(tx, dataType)).filter((row) => row.held === "deletions");
  const confirmation = newUuid(context.ports.random);
  if (held.length > 0)
    await tx.put("outbox", ...held.map((row) => ({ ...row, held: null, confirmation, sealed: null })));
  await clearDeletions(tx, "local", dataType);
  return held.length;
}
