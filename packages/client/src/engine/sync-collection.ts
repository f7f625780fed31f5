import { isSyncError } from "../errors.ts";
import type { CollectionRow, Walk } from "../store/rows.ts";
import type { CollectionStatus, StoredProof } from "../transport/replies.ts";
import { readCollection } from "./collection-ledger.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";
import { hasWork } from "./prepare-batch.ts";
import { pullToHead } from "./pull.ts";
import { pushOutbox } from "./push.ts";
import { shadowCheck } from "./shadow-check.ts";
import { judgeHead, noteVerified, proveHead, raiseAlarm } from "./verify-head.ts";
import { beginWalk } from "./walk.ts";

export interface SyncCollectionOptions {
  readonly signal?: AbortSignal;
  /** What the server says of the collection; absent: it was not asked, because a push will tell. */
  readonly status?: CollectionStatus | null;
  readonly onProgress?: (walk: Walk) => void;
}

export interface SyncedCollection {
  readonly pulled: number;
  readonly pushed: number;
  readonly conflicts: number;
  /** The account is full: what grows it waits. */
  readonly isFull: boolean;
  /** Nobody has proved this head yet. */
  readonly needsProof: boolean;
  /** What the whole collection has, sealed: what a transfer of all of it would cost. */
  readonly wholeBytes: number;
}

/** Rounds in which others were always faster; then it waits for the next occasion. */
const maxRounds = 20;
/** Rounds in which nothing at all was accepted: something contradicts, and sending it again does not help. */
const maxFruitlessRounds = 3;

/**
 * One collection, to the end: the batch in flight, then what others did, then the outbox, until nothing is left. With a cursor at
 * hand and nobody else writing, that is one request.
 */
export async function syncCollection(
  context: EngineContext,
  dataType: string,
  options: SyncCollectionOptions = {},
): Promise<SyncedCollection> {
  const { signal, status, onProgress } = options;
  const call = signal === undefined ? {} : { signal };
  const total = { pulled: 0, pushed: 0, conflicts: 0, isFull: false };
  let proof: StoredProof | null | undefined;
  let mustPull = await needsPull(context, dataType, status);
  for (let round = 0, fruitless = 0; round < maxRounds && fruitless < maxFruitlessRounds; round += 1) {
    if (mustPull && !(await hasBatch(context, dataType))) {
      const totalRecords = status?.recordCount;
      const pulled = await pullToHead(context, dataType, {
        ...call,
        ...(onProgress === undefined ? {} : { onProgress }),
        ...(totalRecords === undefined ? {} : { totalRecords }),
      });
      total.pulled += pulled.rows;
      ({ proof } = pulled);
    }
    const pushed = await pushOutbox(context, dataType, call);
    total.pushed += pushed.applied;
    total.conflicts += pushed.conflicts;
    if (pushed.applied > 0) proof = undefined;
    fruitless = pushed.applied === 0 && pushed.conflicts > 0 ? fruitless + 1 : 0;
    mustPull = pushed.outcome === "pull";
    total.isFull = pushed.outcome === "quota";
    if (!mustPull) break;
  }
  const needsProof = await checkHead(context, dataType, proof, status ?? null, signal);
  const row = await context.store.read(["collections"], async (tx) => await readCollection(tx, dataType));
  return { ...total, needsProof, wholeBytes: row.bytes ?? 0 };
}

async function hasBatch(context: EngineContext, dataType: string): Promise<boolean> {
  return (await context.store.read(["batches"], async (tx) => await tx.get("batches", dataType))) !== undefined;
}

/** Whether there is something at the server that is not here; when nobody asked it, a push with the cursor brings it. */
async function needsPull(
  context: EngineContext,
  dataType: string,
  status: CollectionStatus | null | undefined,
): Promise<boolean> {
  return await context.store.read(["collections", "outbox", "batches"], async (tx) => {
    const row = await readCollection(tx, dataType);
    // Nobody ever wrote there: the first push needs a cursor, and nothing else needs a request. A resync is ended all the same: what
    // is here the server has lost.
    const isNew = row.position === 0 && (row.walk === null || row.walk.cause === "first");
    if (status === null && isNew) return row.cursor === null && (await hasWork(tx, dataType));
    if (row.cursor === null || row.walk !== null) return true;
    if (status === undefined) return !(await hasWork(tx, dataType));
    return isBehind(row, status);
  });
}

/** Whether a collection has to be pulled, by what the server says of it. */
export function isBehind(row: CollectionRow, status: CollectionStatus | null): boolean {
  if (status === null) return true;
  if (row.cursor === null || row.walk !== null) return true;
  if (status.head !== row.position || status.epoch !== row.epoch) return true;
  // Somebody proved exactly this head, and this device has not seen the proof.
  const isUnseenProof = status.proofVersion === status.head && row.verified?.version !== status.head;
  const isWithheld = row.verified?.epoch === status.epoch && (status.proofVersion ?? 0) < row.provedVersion;
  return (isUnseenProof && row.alarm === null) || isWithheld;
}

/** Holds what was pulled against the newest proof; true when nobody has proved this head. */
async function checkHead(
  context: EngineContext,
  dataType: string,
  proof: StoredProof | null | undefined,
  status: CollectionStatus | null,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const row = await context.store.read(["collections"], async (tx) => await readCollection(tx, dataType));
  if (row.walk !== null || row.alarm !== null) return false;
  if (row.provesAnew === true) return await proveAnew(context, row, signal);
  if (row.position === 0) return false;
  if (proof === undefined) return row.verified?.version !== row.position && status?.proofVersion !== row.position;
  const judgement = judgeHead(unlockedKeys(context, dataType), row, proof);
  switch (judgement) {
    case "verified":
      await noteVerified(context, dataType, { epoch: proof!.epoch, version: proof!.version });
      return false;
    case "unproved":
      return true;
    case "withheld":
      await raiseAlarm(context, dataType, "proof_withheld");
      return false;
    case "mismatch":
      await lookTwice(context, dataType, proof!, signal);
      return false;
  }
}

/** After a decision about an alarm: older proofs say nothing any more, and the other devices get a new one. */
async function proveAnew(
  context: EngineContext,
  row: CollectionRow,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const dataType = row.key;
  try {
    // Records that nobody has decided about yet stand in the way.
    if (row.position > 0 && !(await proveHead(context, dataType, signal))) return false;
  } catch (error) {
    // Somebody wrote meanwhile: the next sync proves.
    if (isSyncError(error, "HEAD_MOVED")) return false;
    throw error;
  }
  await context.store.write(["collections"], async (tx) => {
    await tx.put("collections", { ...(await readCollection(tx, dataType)), provesAnew: false });
  });
  return false;
}

async function lookTwice(
  context: EngineContext,
  dataType: string,
  proof: StoredProof,
  signal: AbortSignal | undefined,
): Promise<void> {
  const result = await shadowCheck(context, dataType, proof, signal);
  if (result === "server") return await raiseAlarm(context, dataType, "proof_mismatch");
  if (result === "moved") return;
  await beginWalk(context, dataType, { cause: "repair" });
  await pullToHead(context, dataType, signal === undefined ? {} : { signal });
}
