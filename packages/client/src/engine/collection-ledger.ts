import { type CollectionKeyring, SetHash } from "@owlivion/sync-crypto";
import type { CollectionRow, RecordRow } from "../store/rows.ts";
import type { ReadTransaction, WriteTransaction } from "../store/store.ts";
import { ancestorsAfter } from "./ancestors.ts";

export const newCollection = (dataType: string): CollectionRow => ({
  key: dataType,
  epoch: null,
  cursor: null,
  position: 0,
  horizon: 0,
  count: 0,
  setHash: SetHash.empty().toBytes(),
  generation: 0,
  walk: null,
  verified: null,
  provedVersion: 0,
  alarm: null,
  lastSyncMs: null,
});

export const readCollection = async (tx: ReadTransaction, dataType: string): Promise<CollectionRow> =>
  (await tx.get("collections", dataType)) ?? newCollection(dataType);

/**
 * The set hash, count and size of a collection within one transaction: what the server should hold, record by record. Every
 * row goes through it on its way into the store, so that the sum and the rows never part.
 */
export class CollectionLedger {
  row: CollectionRow;
  readonly #keys: CollectionKeyring;
  readonly #sum: SetHash;
  #count: number;
  #bytes: number;

  constructor(row: CollectionRow, keys: CollectionKeyring) {
    this.row = row;
    this.#keys = keys;
    this.#sum = SetHash.fromBytes(row.setHash);
    this.#count = row.count;
    this.#bytes = row.bytes ?? 0;
  }

  /** The row that replaces `before`, counted when it is live. */
  replace(before: RecordRow | undefined, after: Omit<RecordRow, "isCounted">): RecordRow {
    this.remove(before);
    const isCounted = after.kind === "put" && after.hash !== null;
    if (isCounted) this.add(after);
    const ancestors = ancestorsAfter(before, after.hash);
    return { ...after, isCounted, ...(ancestors === undefined ? {} : { ancestors }) };
  }

  add({ recordId, hash, envelope }: Pick<RecordRow, "recordId" | "hash" | "envelope">): void {
    if (hash === null) return;
    this.#sum.add(this.#keys.setHashTerm(recordId, hash));
    this.#count += 1;
    this.#bytes += envelope?.length ?? 0;
  }

  remove(row: RecordRow | undefined): void {
    if (row === undefined || !row.isCounted || row.hash === null) return;
    this.#sum.remove(this.#keys.setHashTerm(row.recordId, row.hash));
    this.#count -= 1;
    this.#bytes = Math.max(0, this.#bytes - (row.envelope?.length ?? 0));
  }

  /** The same collection, with nothing counted. */
  emptied(keys: CollectionKeyring): CollectionLedger {
    return new CollectionLedger({ ...this.row, count: 0, bytes: 0, setHash: SetHash.empty().toBytes() }, keys);
  }

  async save(tx: WriteTransaction, changes: Partial<CollectionRow> = {}): Promise<void> {
    this.row = { ...this.row, ...changes, count: this.#count, bytes: this.#bytes, setHash: this.#sum.toBytes() };
    await tx.put("collections", this.row);
  }

  get state(): { readonly count: number; readonly setHash: SetHash } {
    return { count: this.#count, setHash: this.#sum };
  }
}
