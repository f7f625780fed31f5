import { limits } from "@owlivion/sync-protocol";
import type { SyncEvent } from "../events/sync-event.ts";
import { type BatchRow, type OutboxRow, recordKey } from "../store/rows.ts";
import type { ReadTransaction, WriteTransaction } from "../store/store.ts";
import { encodeCbor } from "../transport/cbor-encode.ts";
import { newUuid } from "../uuid.ts";
import { readCollection } from "./collection-ledger.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";
import { type PendingChange, planPush, pushLimits } from "./plan-push.ts";

export interface BatchOptions {
  readonly maxChanges?: number;
  /** When the quota is full: deletions make room. */
  readonly deletionsOnly?: boolean;
}

/**
 * Seals the next batch and writes it down before it is sent: after a crash the same bytes go out under the same key. Null:
 * nothing is to be pushed.
 */
export async function prepareBatch(
  context: EngineContext,
  dataType: string,
  options: BatchOptions = {},
): Promise<BatchRow | null> {
  const events: SyncEvent[] = [];
  const batch = await context.store.write(
    ["collections", "batches", "outbox", "records", "views", "marks"],
    async (tx) => await writeBatch(context, tx, dataType, options, events),
  );
  for (const event of events) context.events.emit(event);
  return batch;
}

async function writeBatch(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  options: BatchOptions,
  events: SyncEvent[],
): Promise<BatchRow | null> {
  const inFlight = await tx.get("batches", dataType);
  if (inFlight !== undefined) return inFlight;
  const { cursor, epoch, walk } = await readCollection(tx, dataType);
  // Without a cursor the server could not compare the device's history with its own (R19).
  if (cursor === null || epoch === null || walk !== null) return null;

  const maxChanges = options.maxChanges ?? limits.maxBatchChanges;
  const pending = await readPending(tx, dataType, maxChanges, options.deletionsOnly ?? false);
  const deviceId = context.deviceId();
  const { random } = context.ports;
  const plan = planPush(unlockedKeys(context, dataType), deviceId, pending, random, { ...pushLimits, maxChanges });
  for (const row of plan.tooLarge) {
    await tx.put("outbox", { ...row, held: "too_large" });
    events.push({ type: "edit_held", dataType, recordId: row.recordId, reason: "too_large" });
  }
  if (plan.empty.length > 0) await tx.delete("outbox", ...plan.empty.map(({ key }) => key));
  if (plan.changes.length === 0) return null;
  const batch: BatchRow = {
    key: dataType,
    idempotencyKey: newUuid(random),
    body: encodeCbor({ changes: plan.changes.map((change) => ({ ...change })), device_id: deviceId, epoch, cursor }),
    entries: plan.entries,
  };
  await tx.put("batches", batch);
  return batch;
}

/** The first edits that may go out. Held ones are passed over, however many there are. */
async function readPending(
  tx: ReadTransaction,
  dataType: string,
  maxChanges: number,
  deletionsOnly: boolean,
): Promise<PendingChange[]> {
  const prefix = `${dataType}/`;
  const rows: OutboxRow[] = [];
  for (let after: string | undefined; rows.length < maxChanges;) {
    const page = await tx.scan("outbox", { prefix, limit: 1000, ...(after === undefined ? {} : { after }) });
    rows.push(...page.filter(({ held, kind }) => held === null && (!deletionsOnly || kind === "delete")));
    after = page.at(-1)?.key;
    if (page.length < 1000) break;
  }
  const chosen = rows.slice(0, maxChanges);
  const keys = chosen.map(({ recordId }) => recordKey(dataType, recordId));
  const known = await tx.getMany("records", keys);
  const views = await tx.getMany("views", keys);
  const marks = await tx.getMany("marks", keys);
  return chosen.map((outbox, i) => {
    return { outbox, known: known[i], view: views[i], isUnreadable: marks[i]?.kind === "unreadable" };
  });
}

/** Whether anything waits to be pushed; a batch in flight counts. */
export async function hasWork(tx: ReadTransaction, dataType: string): Promise<boolean> {
  if ((await tx.get("batches", dataType)) !== undefined) return true;
  const prefix = `${dataType}/`;
  for (let after: string | undefined; ;) {
    const page = await tx.scan("outbox", { prefix, limit: 200, ...(after === undefined ? {} : { after }) });
    if (page.some(({ held }) => held === null)) return true;
    if (page.length < 200) return false;
    after = page.at(-1)!.key;
  }
}
