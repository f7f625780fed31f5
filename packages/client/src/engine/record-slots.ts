import type { CollectionKeyring } from "@owlivion/sync-crypto";
import { type RecordRow, recordKey, type ViewRow } from "../store/rows.ts";
import type { ReadTransaction } from "../store/store.ts";

/** Records that share a natural key and are not the same one: more than anyone has. */
const maxSlots = 1000;

export interface Slot {
  readonly recordId: string;
  readonly key: string;
  readonly view: ViewRow | undefined;
  readonly known: RecordRow | undefined;
}

/** So many slots are looked at, at least: where a first one was deleted and forgotten, a second one may live. */
export const minSlots = 2;

/**
 * The record of a normalized natural key that is meant, in whatever slot; else the first free one. Null: all are taken.
 */
export async function findRecordOrSlot(
  tx: ReadTransaction,
  keys: CollectionKeyring,
  naturalKey: string,
  isMeant: (slot: Slot) => Promise<boolean> | boolean,
): Promise<Slot | null> {
  let free: Slot | null = null;
  for (let n = 0; n < maxSlots; n += 1) {
    const slot = await readSlot(tx, keys, naturalKey, n);
    if (await isMeant(slot)) return slot;
    if (free === null && isFree(slot)) free = slot;
    const isUnused = slot.view === undefined && slot.known === undefined;
    if (isUnused && free !== null && n + 1 >= minSlots) return free;
  }
  return free;
}

/** The first slot of a normalized natural key that is wanted; null: none is. */
export async function findSlot(
  tx: ReadTransaction,
  keys: CollectionKeyring,
  naturalKey: string,
  isWanted: (slot: Slot) => boolean,
): Promise<Slot | null> {
  for (let n = 0; n < maxSlots; n += 1) {
    const slot = await readSlot(tx, keys, naturalKey, n);
    if (isWanted(slot)) return slot;
  }
  return null;
}

async function readSlot(tx: ReadTransaction, keys: CollectionKeyring, naturalKey: string, n: number): Promise<Slot> {
  const recordId = keys.recordId(naturalKey, n);
  const key = recordKey(keys.dataType, recordId);
  return { recordId, key, view: await tx.get("views", key), known: await tx.get("records", key) };
}

/** Nothing lives there: it was never used, or was deleted. */
export const isFree = ({ view, known }: Slot): boolean => view === undefined && known?.kind !== "put";
