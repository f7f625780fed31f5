import type { SyncEvent } from "../events/sync-event.ts";
import type { OutboxRow, RecordRow, Walk } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import { newTimeUuid } from "../uuid.ts";
import { type CollectionLedger } from "./collection-ledger.ts";
import { openLedger } from "./commit-rows.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";
import { writeJournal } from "./journal.ts";
import { openKnown } from "./open-known.ts";
import { engineOutboxRow, noStamp } from "./outbox-row.ts";
import { recount } from "./recount.ts";

const rowsPerStep = 500;
const tables = ["records", "views", "outbox", "marks", "collections", "conflicts", "batches"] as const;

/**
 * What a row is that a resync did not see:
 * - `forget`       a deletion whose tombstone the server has purged
 * - `detach`       its local edit survives, as something new
 * - `propose`      the server lost it: it is sent again
 * - `unconfirm`    it may have been deleted, and its tombstone purged; nothing proves it
 * - `keep`         it is newer than all that the server says to have: that is its lie or its loss, and no deletion
 */
export type Unseen = "forget" | "detach" | "propose" | "unconfirm" | "keep";

export function judgeUnseen(
  row: Pick<RecordRow, "kind" | "version" | "hash" | "envelope">,
  walk: Pick<Walk, "cause" | "cutVersion"> & Partial<Pick<Walk, "startHead">>,
  hasEdit: boolean,
): Unseen {
  if (hasEdit) return "detach";
  if (walk.cause !== "epoch" && row.version > (walk.startHead ?? row.version)) return "keep";
  // Only the person may make a deletion of this account of what nobody sealed.
  if (row.kind === "tombstone" && row.envelope === null && row.hash !== null) return "detach";
  const isAfterCut = walk.cause === "epoch" && (walk.cutVersion === null || row.version > walk.cutVersion);
  if (isAfterCut && row.hash !== null) return "propose";
  return row.kind === "tombstone" ? "forget" : "unconfirm";
}

/** Deals with the rows that a resync did not see, some in each transaction. A first download has none. */
export async function sweep(context: EngineContext, dataType: string): Promise<void> {
  const totals = { unconfirmed: 0, proposed: 0 };
  for (;;) {
    const step = await context.store.write(tables, async (tx) => await sweepStep(context, tx, dataType));
    totals.unconfirmed += step.unconfirmed;
    totals.proposed += step.proposed;
    for (const event of step.events) context.events.emit(event);
    if (step.changedIds.length > 0) {
      context.events.emit({ type: "change", dataType, recordIds: step.changedIds });
      context.store.announce({ type: "changed", dataType, recordIds: step.changedIds });
    }
    if (step.isOver) break;
  }
  if (totals.unconfirmed > 0) context.events.emit({ type: "unconfirmed", dataType, count: totals.unconfirmed });
  if (totals.proposed > 0) context.events.emit({ type: "proposed_again", dataType, count: totals.proposed });
}

interface Step {
  isOver: boolean;
  unconfirmed: number;
  proposed: number;
  readonly changedIds: string[];
  readonly events: SyncEvent[];
}

async function sweepStep(context: EngineContext, tx: WriteTransaction, dataType: string): Promise<Step> {
  const step: Step = { isOver: true, unconfirmed: 0, proposed: 0, changedIds: [], events: [] };
  const ledger = await openLedger(context, tx, dataType);
  const { walk, generation } = ledger.row;
  if (walk === null || walk.sweptTo === null) return step;
  const range = { prefix: `${dataType}/`, after: walk.sweptTo, limit: rowsPerStep };
  const rows = await tx.scan("records", range);
  const unseen = rows.filter((row) => row.generation < generation && row.version > 0);
  const edits = await tx.getMany(
    "outbox",
    unseen.map(({ key }) => key),
  );
  const marks = await tx.getMany(
    "marks",
    unseen.map(({ key }) => key),
  );
  for (const [i, row] of unseen.entries()) {
    const isUnreadable = marks[i]?.kind === "unreadable" && edits[i] === undefined;
    if (isUnreadable) await dealWithUnreadable(context, tx, ledger, row, walk, step);
    else await dealWith(context, tx, ledger, row, edits[i], walk, step);
  }
  step.isOver = rows.length < rowsPerStep;
  if (!step.isOver) await ledger.save(tx, { walk: { ...walk, sweptTo: rows.at(-1)!.key } });
  else if (walk.cause === "repair")
    await (await recount(tx, unlockedKeys(context, dataType), ledger)).save(tx, { walk: null });
  else await ledger.save(tx, { walk: null });
  return step;
}

async function dealWith(
  context: EngineContext,
  tx: WriteTransaction,
  ledger: CollectionLedger,
  row: RecordRow,
  edit: OutboxRow | undefined,
  walk: Walk,
  step: Step,
): Promise<void> {
  const dataType = ledger.row.key;
  const nowMs = context.correctedNow();
  const outcome = judgeUnseen(row, walk, edit !== undefined);
  if (outcome === "keep") return;
  ledger.remove(row);
  if (outcome === "forget") return await tx.delete("records", row.key);

  await tx.put("records", { ...row, version: 0, isCounted: false });
  if (outcome === "propose") {
    const kind = row.kind === "put" ? "put" : "delete";
    await tx.put("outbox", engineOutboxRow(row, kind, row.envelope, nowMs, noStamp(row.deviceId)));
    step.proposed += 1;
    if (walk.cutVersion === null && row.kind === "put") await journalProposal(context, tx, row, dataType, step);
  } else if (outcome === "unconfirm") {
    await tx.delete("views", row.key);
    const { key, recordId } = row;
    await tx.put("marks", { key, recordId, kind: "unconfirmed", reason: walk.cause, sinceMs: nowMs });
    step.unconfirmed += 1;
    step.changedIds.push(recordId);
  }
}

/**
 * What nobody here can open is never sent (C-I10), and the server does not have it any more. What was there before it stays visible;
 * where the server lost it, that is what is sent. Where nothing was, nothing is left.
 */
async function dealWithUnreadable(
  context: EngineContext,
  tx: WriteTransaction,
  ledger: CollectionLedger,
  row: RecordRow,
  walk: Walk,
  step: Step,
): Promise<void> {
  ledger.remove(row);
  if ((await tx.get("views", row.key)) === undefined) {
    await tx.delete("records", row.key);
    return await tx.delete("marks", row.key);
  }
  await tx.put("records", { ...row, version: 0, isCounted: false });
  if (judgeUnseen(row, walk, false) !== "propose") return;
  const stamp = noStamp(row.deviceId);
  await tx.put("outbox", engineOutboxRow(row, "put", null, context.correctedNow(), stamp));
  step.proposed += 1;
}

/** Where the cut was is not known: the record may have been deleted by somebody, so the person can look at it. */
async function journalProposal(
  context: EngineContext,
  tx: WriteTransaction,
  row: RecordRow,
  dataType: string,
  step: Step,
): Promise<void> {
  const content = openKnown(unlockedKeys(context, dataType), row);
  const local = content?.kind === "put" ? content.fields : null;
  const nowMs = context.correctedNow();
  const conflict = await writeJournal(
    tx,
    { kind: "proposed_again", base: null, local, remote: null, merged: local, clashes: [] },
    { dataType, recordId: row.recordId, remoteDeviceId: null, nowMs, id: newTimeUuid(context.ports.random, nowMs) },
  );
  if (conflict !== null) step.events.push({ type: "conflict", conflict });
}
