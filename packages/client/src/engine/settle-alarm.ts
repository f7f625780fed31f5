import type { SyncEvent } from "../events/sync-event.ts";
import { type CollectionRow, type RecordRow } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import { newTimeUuid } from "../uuid.ts";
import { readCollection } from "./collection-ledger.ts";
import { openLedger } from "./commit-rows.ts";
import { isSameRow, readServersRecords, type ServerRecord } from "./compare-collection.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";
import { writeJournal } from "./journal.ts";
import { openKnown } from "./open-known.ts";
import { engineEdit } from "./outbox-row.ts";
import { startedWalk, type WalkReason } from "./walk.ts";

/**
 * The person trusts this device: everything is compared with the server once more, as after a cut before the first version. What
 * the server lacks or has in an older state is sent again, byte for byte; what it has besides is taken or merged. Then this
 * device proves the result.
 */
export async function trustDevice(context: EngineContext, dataType: string): Promise<void> {
  await beginAnew(context, dataType, { cause: "epoch", cutVersion: 0 }, {});
}

const rowsPerStep = 200;
const tables = ["records", "views", "outbox", "marks", "conflicts", "collections"] as const;

/**
 * The person takes what the server has. What this device had instead goes into the conflict journal, and edits that wait are
 * made anew on top of the server's records. After a crash it is done again: what was set aside is not asked twice.
 */
export async function takeServers(context: EngineContext, dataType: string, signal?: AbortSignal): Promise<void> {
  const server = await readServersRecords(context, dataType, signal);
  for (let after = ""; ;) {
    const range = { prefix: `${dataType}/`, after, limit: rowsPerStep };
    const step = await context.store.write(tables, async (tx) => {
      const rows = await tx.scan("records", range);
      const changedIds: string[] = [];
      const events: SyncEvent[] = [];
      const ledger = await openLedger(context, tx, dataType);
      for (const row of rows) {
        const there = server.get(row.recordId);
        if (isSameRow(row, there)) continue;
        ledger.remove(row);
        await setAside(context, tx, dataType, row, there, events);
        changedIds.push(row.recordId);
      }
      await ledger.save(tx);
      return { last: rows.length < rowsPerStep ? null : rows.at(-1)!.key, changedIds, events };
    });
    if (step.changedIds.length > 0) {
      const { changedIds: recordIds } = step;
      context.events.emit({ type: "change", dataType, recordIds });
      context.store.announce({ type: "changed", dataType, recordIds });
    }
    for (const event of step.events) context.events.emit(event);
    if (step.last === null) break;
    after = step.last;
  }
  // The head may be lower than what was seen: that is what was decided about.
  await beginAnew(context, dataType, { cause: "repair" }, { position: 0 });
}

async function setAside(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  row: RecordRow,
  there: ServerRecord | undefined,
  events: SyncEvent[],
): Promise<void> {
  const pending = await tx.get("outbox", row.key);
  // Whatever the server sends is newer than version 0; the envelope stays as what a waiting edit was made on.
  const detached = { ...row, version: 0, isCounted: false };
  if (pending !== undefined && pending.edit !== engineEdit) return await tx.put("records", detached);
  if (pending !== undefined) await tx.delete("outbox", row.key);
  await journalOwn(context, tx, dataType, row, events);
  if (there !== undefined) return await tx.put("records", detached);
  await tx.delete("records", row.key);
  await tx.delete("views", row.key);
  await tx.delete("marks", row.key);
}

async function journalOwn(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  row: RecordRow,
  events: SyncEvent[],
): Promise<void> {
  if (row.kind !== "put") return;
  const content = openKnown(unlockedKeys(context, dataType), row);
  const local = content?.kind === "put" ? content.fields : ((await tx.get("views", row.key))?.fields ?? null);
  if (local === null) return;
  const nowMs = context.correctedNow();
  const conflict = await writeJournal(
    tx,
    { kind: "set_aside", base: null, local, remote: null, merged: null, clashes: [] },
    {
      dataType,
      recordId: row.recordId,
      remoteDeviceId: null,
      nowMs,
      id: newTimeUuid(context.ports.random, nowMs),
    },
  );
  if (conflict !== null) events.push({ type: "conflict", conflict });
}

async function beginAnew(
  context: EngineContext,
  dataType: string,
  reason: WalkReason,
  changes: Partial<CollectionRow>,
): Promise<void> {
  await context.store.write(["collections"], async (tx) => {
    const row = await readCollection(tx, dataType);
    const settled = { ...row, ...changes, alarm: null, verified: null, provedVersion: 0, provesAnew: true };
    const started = startedWalk(settled, reason);
    // Whatever the server has lost meanwhile: the person has decided.
    await tx.put("collections", { ...started, walk: { ...started.walk!, before: null } });
  });
  context.events.emit({ type: "resync", dataType, cause: "repair" });
}
