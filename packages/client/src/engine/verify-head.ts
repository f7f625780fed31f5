import type { CollectionKeyring } from "@owlivion/sync-crypto";
import { SetHash } from "@owlivion/sync-crypto";
import type { CollectionRow } from "../store/rows.ts";
import type { StoredProof } from "../transport/replies.ts";
import { readCollection } from "./collection-ledger.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";

/**
 * - `verified`     the collection is exactly what another device, or this one, proved
 * - `unproved`     there is no proof of this head, or none any more: a dump restored in place may have lost the one of a head
 *                  that this device itself knows to be right, and hides nothing by it
 * - `mismatch`     the proof is of something else
 * - `withheld`     the server had proofs of a later state and offers none
 */
export type HeadJudgement = "verified" | "unproved" | "mismatch" | "withheld";

/** Compares a caught-up collection with the newest head proof. */
export function judgeHead(
  keys: CollectionKeyring,
  collection: CollectionRow,
  proof: StoredProof | null,
): HeadJudgement {
  const { verified, provedVersion, epoch, position } = collection;
  const hasGoneOn = verified !== null && verified.epoch === epoch && verified.version !== position;
  if (hasGoneOn && (proof === null || proof.version < provedVersion)) return "withheld";
  if (proof === null || proof.version !== position) return "unproved";
  const { count } = collection;
  const state = { epoch: proof.epoch, version: proof.version, count, setHash: SetHash.fromBytes(collection.setHash) };
  return keys.verify(state, proof.proof) ? "verified" : "mismatch";
}

/** Writes a verified head down. What it verifies without was deleted: the unconfirmed records are forgotten. */
export async function noteVerified(
  context: EngineContext,
  dataType: string,
  proved: { readonly epoch: string; readonly version: number },
): Promise<void> {
  await context.store.write(["collections", "marks", "records"], async (tx) => {
    const row = await readCollection(tx, dataType);
    if (row.position !== proved.version || row.walk !== null) return;
    const { epoch, version } = proved;
    const verified = { epoch, version, atMs: context.correctedNow() };
    await tx.put("collections", { ...row, verified, provedVersion: version, alarm: null });
    for (const mark of await tx.scan("marks", { prefix: `${dataType}/` })) {
      if (mark.kind !== "unconfirmed") continue;
      await tx.delete("marks", mark.key);
      await tx.delete("records", mark.key);
    }
  });
}

export async function raiseAlarm(context: EngineContext, dataType: string, problem: string): Promise<void> {
  await context.store.write(["collections"], async (tx) => {
    const row = await readCollection(tx, dataType);
    await tx.put("collections", { ...row, alarm: problem });
  });
  context.events.emit({ type: "integrity", dataType, problem, recordId: null });
}

/**
 * Proves the head for the other devices, when this one is caught up and nobody has. False: the head has moved, or something is
 * not as it must be for a proof.
 */
export async function proveHead(context: EngineContext, dataType: string, signal?: AbortSignal): Promise<boolean> {
  const row = await context.store.read(["collections"], async (tx) => await readCollection(tx, dataType));
  if (row.cursor === null || row.epoch === null || row.walk !== null || row.alarm !== null || row.position === 0) {
    return false;
  }
  // What this device misses without knowing why, it must not vouch for.
  if (await hasUnconfirmed(context, dataType)) return false;
  const { epoch, position: version, count } = row;
  const proof = unlockedKeys(context, dataType).prove({
    epoch,
    version,
    count,
    setHash: SetHash.fromBytes(row.setHash),
  });
  await context.api.putProof({ dataType, epoch, version, proof }, signal === undefined ? {} : { signal });
  await noteVerified(context, dataType, { epoch, version });
  return true;
}

async function hasUnconfirmed(context: EngineContext, dataType: string): Promise<boolean> {
  const marks = await context.store.read(["marks"], async (tx) => await tx.scan("marks", { prefix: `${dataType}/` }));
  return marks.some(({ kind }) => kind === "unconfirmed");
}
