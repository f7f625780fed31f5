import { errorTable, limits, type RetryClass } from "@owlivion/sync-protocol";
import { SyncError, type SyncErrorCode } from "../errors.ts";
import type { SyncEvent } from "../events/sync-event.ts";
import { type BatchRow, type HoldReason, recordKey } from "../store/rows.ts";
import { newTimeUuid } from "../uuid.ts";
import { refusedChangesOf } from "../transport/reply-error.ts";
import type { EngineContext } from "./engine-context.ts";
import { writeJournal } from "./journal.ts";
import { type BatchOptions, prepareBatch } from "./prepare-batch.ts";
import { dropBatch, type SettledBatch, settleBatch } from "./settle-batch.ts";

export interface PushOptions {
  readonly signal?: AbortSignal;
}

/**
 * - `done`     nothing is left to push
 * - `pull`     the cursor may not go on, or more has come than one reply holds: pull, then push on
 * - `quota`    the account is full; deletions went out
 */
export type PushOutcome = "done" | "pull" | "quota";

export interface Pushed {
  readonly outcome: PushOutcome;
  readonly applied: number;
  readonly conflicts: number;
  /** A reply brought everything up to the head. */
  readonly isCaughtUp: boolean;
}

/**
 * Sends the outbox, batch by batch. A batch in flight goes first, the same key and bytes, until it has a definite answer.
 * What the server refuses for good is held, and the rest goes on.
 */
export async function pushOutbox(context: EngineContext, dataType: string, options: PushOptions = {}): Promise<Pushed> {
  const total = { applied: 0, conflicts: 0, isCaughtUp: false };
  let batchOptions: BatchOptions = {};
  let fruitless = 0;
  for (;;) {
    const batch = await prepareBatch(context, dataType, batchOptions);
    if (batch === null) return { outcome: batchOptions.deletionsOnly === true ? "quota" : "done", ...total };
    let settled: SettledBatch;
    try {
      settled = await sendBatch(context, batch, options);
    } catch (error) {
      const next = await afterRefusal(context, batch, error, batchOptions);
      if (next === "pull") return { ...total, outcome: "pull", isCaughtUp: false };
      batchOptions = next;
      continue;
    }
    total.applied += settled.applied;
    total.conflicts += settled.conflicts;
    total.isCaughtUp = settled.isCaughtUp;
    // Somebody is always faster, or contradicts: a pull tells.
    fruitless = settled.applied > 0 ? 0 : fruitless + 1;
    if (!settled.isCaughtUp || fruitless === 2) return { outcome: "pull", ...total };
    batchOptions = grown(batchOptions);
  }
}

/** After halving for the sake of one change, batches grow again. */
function grown({ maxChanges, ...others }: BatchOptions): BatchOptions {
  return maxChanges === undefined || maxChanges * 2 >= limits.maxBatchChanges
    ? others
    : { ...others, maxChanges: maxChanges * 2 };
}

async function sendBatch(context: EngineContext, batch: BatchRow, { signal }: PushOptions): Promise<SettledBatch> {
  const recordIds = batch.entries.map(({ recordId }) => recordId);
  const { key: dataType, body, idempotencyKey } = batch;
  const call = signal === undefined ? {} : { signal };
  const reply = await context.api.push({ dataType, body, idempotencyKey, recordIds }, call);
  return await settleBatch(context, batch, reply);
}

/** Refusals that may be about one change of many: halves find it. */
const contentCodes: ReadonlySet<SyncErrorCode> = new Set([
  "INVALID_REQUEST",
  "INVALID_CBOR",
  "CHECKSUM_MISMATCH",
  "BODY_TOO_LARGE",
  "BATCH_TOO_LARGE",
]);

/** Classes of errors by which the server says that nothing of the batch was applied. */
const definite: ReadonlySet<RetryClass> = new Set(["fix", "split", "resync", "merge"]);
const definiteCodes: ReadonlySet<SyncErrorCode> = new Set(["QUOTA_EXCEEDED", "KEY_EPOCH_OUTDATED"]);

const isDefinite = (error: SyncError): boolean =>
  Object.hasOwn(errorTable, error.code) && (definite.has(error.retry) || definiteCodes.has(error.code));

/** Decides how to go on after a refused batch; throws what only waiting, the session or a person can settle. */
async function afterRefusal(
  context: EngineContext,
  batch: BatchRow,
  error: unknown,
  before: BatchOptions,
): Promise<BatchOptions | "pull"> {
  if (!(error instanceof SyncError) || !isDefinite(error)) throw error;
  await dropBatch(context, batch);
  if (error.retry === "resync") return "pull";
  if (error.code === "QUOTA_EXCEEDED") {
    if (before.deletionsOnly === true) throw error;
    return { ...before, deletionsOnly: true };
  }
  const refused = refusedChangesOf(error);
  if (refused.length > 0) {
    if (refused.every(({ index }) => index >= batch.entries.length)) throw error;
    for (const { index, code } of refused) await refuse(context, batch, index, code);
    return before;
  }
  if (!contentCodes.has(error.code)) throw error;
  if (batch.entries.length > 1) return { ...before, maxChanges: Math.ceil(batch.entries.length / 2) };
  await refuse(context, batch, 0, error.code);
  return before;
}

/** Keeps a change that the server refuses out of the way, and tells the person: in the journal and by an event. */
async function refuse(context: EngineContext, batch: BatchRow, index: number, code: string): Promise<void> {
  const entry = batch.entries[index];
  if (entry === undefined) return;
  const dataType = batch.key;
  const { recordId } = entry;
  const held: HoldReason = "refused";
  const nowMs = context.correctedNow();
  const conflict = await context.store.write(["outbox", "views", "conflicts"], async (tx) => {
    const row = await tx.get("outbox", recordKey(dataType, recordId));
    if (row === undefined || row.edit !== entry.edit) return null;
    await tx.put("outbox", { ...row, held });
    const local = (await tx.get("views", row.key))?.fields ?? null;
    const id = newTimeUuid(context.ports.random, nowMs);
    return await writeJournal(
      tx,
      { kind: "refused", base: null, local, remote: null, merged: local, clashes: [] },
      { dataType, recordId, remoteDeviceId: null, nowMs, id },
    );
  });
  const events: SyncEvent[] = [{ type: "edit_held", dataType, recordId, reason: code }];
  if (conflict !== null) events.push({ type: "conflict", conflict });
  for (const event of events) context.events.emit(event);
}
