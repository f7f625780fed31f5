import type { Micros } from "@owlivion/sync-protocol";
import type { CursorGround, EpochStart } from "./judge-cursor.ts";
import type { Batch, CollectionState, Decision } from "./model.ts";

export interface CollectionKey {
  readonly userId: string;
  readonly dataType: string;
}

/** One row of a page: a current record, a live tombstone, or an entry of the history. */
export interface PageRow {
  readonly changeType: 0 | 1 | 2;
  readonly version: number;
  readonly recordId: string;
  readonly deviceId: string;
  readonly changedAt: Micros;
  readonly nonce: Buffer | null;
  readonly checksum: Buffer | null;
  readonly record: Buffer | null;
}

export interface HeadProof {
  readonly epoch: string;
  readonly version: number;
  readonly proof: Buffer;
}

/** The collection at the moment of a read; a collection that was never written to has head 0. */
export interface CollectionHead extends CursorGround {
  readonly lastChangedAt: Micros;
  readonly headTag: Buffer;
  readonly proof: HeadProof | null;
}

export interface Page {
  readonly head: CollectionHead;
  readonly rows: readonly PageRow[];
  /** Rows of the asked range follow the last one. */
  readonly hasMore: boolean;
}

export interface PageQuery extends CollectionKey {
  readonly after: number;
  readonly limit: number;
  /** Tombstones up to here are left out; "head": up to the head of the snapshot. */
  readonly tombstonesAfter: number | "head";
  /** The version whose batch tag `head.tag` is to be. */
  readonly lineageVersion: number;
  /** Versions of the caller's own batch, left out: (from, to]. */
  readonly except?: { readonly from: number; readonly to: number };
  /** Read the state as it was at this version instead; no tombstones. */
  readonly asOf?: number;
}

export interface SinceQuery extends CollectionKey {
  readonly since: Micros;
  readonly limit: number;
  readonly offset: number;
  readonly only: "all" | "tombstones";
}

export interface SincePage extends Page {
  /** The version that `since` stands for. */
  readonly sinceVersion: number;
  readonly totalChanges: number;
  readonly totalDeleted: number;
}

/** A committed batch as it was stored for replay. */
export interface StoredBatch {
  readonly headBefore: number;
  readonly headAfter: number;
  readonly firstChangedAt: Micros;
  readonly answer: Buffer;
}

/** The current state of a record that conflicted; `current` null: neither record nor tombstone. */
export interface CurrentRecord {
  readonly row: PageRow;
  readonly stampAt: Micros;
  /** The payload was left out: the reply would have been too large. */
  readonly isTruncated: boolean;
}

export interface BatchRequest extends CollectionKey {
  readonly batch: Batch;
  readonly idempotency: { readonly key: string; readonly requestHash: Buffer } | null;
}

/** What a batch may ask for under the collection's lock. */
export interface OpenBatch {
  readonly state: CollectionState;
  readonly epoch: string;
  /** A batch of the same idempotency key that was committed before. */
  readonly replay: (StoredBatch & { readonly isSameRequest: boolean }) | null;
  /** Reads under the lock, before `apply`. */
  readPage(query: Omit<PageQuery, keyof CollectionKey>): Promise<Page>;
  readCurrent(recordIds: readonly string[]): Promise<Map<string, CurrentRecord>>;
  /** Answers the lineage tag of the batch. */
  apply(decision: Decision, answer: Buffer): Promise<Buffer>;
}

/** What `GET /sync/status` tells of one collection. */
export interface StatusRow {
  readonly head: number;
  readonly blobVersion: number | null;
  readonly epoch: string;
  readonly horizon: number;
  readonly recordCount: number;
  /** Ciphertext of the current records and the blob. */
  readonly bytes: number;
  readonly lastSyncAt: Micros | null;
  readonly deviceId: string | null;
  readonly proofVersion: number | null;
}

/**
 * Storage of the delta protocol. `postgres-store` is the product, `memory/memory-store` serves unit tests and simulation;
 * `store.contract.ts` holds both to the same behaviour.
 */
export interface DeltaStore {
  /** One transaction under the collection's lock; what `work` throws rolls it back. */
  withBatch<T>(request: BatchRequest, work: (open: OpenBatch) => Promise<T>): Promise<T>;
  readPage(query: PageQuery): Promise<Page>;
  /** CURSOR_EXPIRED when deletions after `since` have been purged. */
  readSince(query: SinceQuery): Promise<SincePage>;
  /** The newest version with changed_at at or before `at`; not exact when the batches of that time are not kept. */
  versionAt(key: CollectionKey, at: Micros): Promise<{ version: number; isExact: boolean }>;
  readHistory(query: CollectionKey & { recordId: string; before: number; limit: number }): Promise<Page>;
  /** Nothing is proved of a collection that was never written to. */
  putProof(key: CollectionKey, proof: HeadProof): Promise<"stored" | "head-moved">;
  /** Begins a new epoch unless `expected` is not the current one any more. */
  beginEpoch(expected: string): Promise<void>;
  readStatus(userId: string): Promise<ReadonlyMap<string, StatusRow>>;
  listEpochs(key: CollectionKey): Promise<readonly EpochStart[]>;
}
