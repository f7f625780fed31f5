import type { Micros } from "@owlivion/sync-protocol";
import type { MemoryConnection } from "../../db/memory/memory-connection.ts";
import type { MemoryTransaction } from "../../db/memory/memory-transaction.ts";
import { ApiError } from "../../errors.ts";
import { belowHorizon } from "../check-cursor.ts";
import type { EpochStart } from "../judge-cursor.ts";
import type { Decision, RecordState } from "../model.ts";
import type {
  BatchRequest,
  CollectionKey,
  DeltaStore,
  HeadProof,
  OpenBatch,
  Page,
  PageQuery,
  SincePage,
  SinceQuery,
  StatusRow,
} from "../store.ts";
import { MemoryEpochs } from "./memory-epochs.ts";
import { cut, MemoryReads } from "./memory-reads.ts";
import { type CollectionRow, type MemoryTables, neverWritten, partitionOf } from "./memory-rows.ts";
import { MemorySweeps } from "./memory-sweeps.ts";
import { stageBatch } from "./stage-batch.ts";

export interface MemoryStoreOptions {
  readonly tombstoneDays: number;
  /** Whether the server may read the cluster's identity; managed databases often forbid it. */
  readonly hasIdentity: boolean;
  readonly isAccountActive: (userId: string) => boolean;
  /** In the commit of a batch that applied something. */
  readonly onCommit?: (batch: CommittedBatch) => void;
}

export interface CommittedBatch {
  readonly request: BatchRequest;
  readonly decision: Decision;
  readonly epoch: string;
  readonly headBefore: number;
}

/** The database lives in another cluster or on another timeline than its epoch began in. */
class DatabaseMoved extends Error {
  readonly epoch: string;

  constructor(epoch: string) {
    super("the database has moved to another cluster");
    this.epoch = epoch;
  }
}

/**
 * The delta protocol on a memory database: statement by statement what `postgres-store` does, with the same answers
 * (`store.contract.ts`).
 */
export class MemoryStore implements DeltaStore {
  readonly reads: MemoryReads;
  readonly sweeps: MemorySweeps;
  readonly epochs: MemoryEpochs;
  readonly #db: MemoryConnection;
  readonly #options: MemoryStoreOptions;
  readonly #tables: MemoryTables;

  constructor(db: MemoryConnection, tables: MemoryTables, options: MemoryStoreOptions) {
    this.#db = db;
    this.#options = options;
    this.#tables = tables;
    this.reads = new MemoryReads(tables);
    this.sweeps = new MemorySweeps(db, tables, this.reads);
    this.epochs = new MemoryEpochs(db, tables, this.reads, options);
    this.epochs.settle();
  }

  async withBatch<T>(request: BatchRequest, work: (open: OpenBatch) => Promise<T>): Promise<T> {
    const run = () => this.#db.transaction((tx) => this.#workOn(tx, request, work), { retries: 3 });
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof DatabaseMoved)) throw error;
      await this.epochs.begin(error.epoch);
      return await run();
    }
  }

  async #workOn<T>(tx: MemoryTransaction, request: BatchRequest, work: (open: OpenBatch) => Promise<T>): Promise<T> {
    const { batch, idempotency } = request;
    await tx.statement("open_collection", true);
    await tx.lock(lockOf(request));
    const found = tx.get(this.#tables.collections, request.userId, request.dataType);
    const row = found ?? { ...neverWritten, epochNo: this.reads.epoch.epochNo };
    if (found === undefined) tx.put(this.#tables.collections, request.userId, request.dataType, row);
    const epoch = this.reads.epoch;
    const replay = idempotency === null ? null : this.#findReplay(request, idempotency);
    const now = this.#db.ports.clock();
    const usage = this.#usageOf(request.userId);
    if (!this.#options.isAccountActive(request.userId)) throw new ApiError("SESSION_REVOKED");
    await tx.statement("read_record_states");
    const records = new Map(batch.changes.flatMap(({ recordId }) => this.#stateOf(request, recordId)));
    if (!this.epochs.isSameCluster(epoch)) throw new DatabaseMoved(epoch.epoch);
    return await work({
      state: { now, head: row.head, lastChangedAt: row.lastChangedAt, horizonAt: row.horizonAt, usage, records },
      epoch: epoch.epoch,
      replay,
      readPage: async (query) => {
        await tx.statement("read_page");
        return this.reads.page(request, query);
      },
      readCurrent: async (recordIds) => {
        await tx.statement("read_current_records");
        return this.reads.currents(request, recordIds);
      },
      apply: async (decision, answer) => {
        await tx.statement("apply_batch", true);
        if (idempotency !== null && decision.rows.length > 0) await this.#claimKey(tx, request, idempotency.key);
        const tag = this.#db.ports.random.bytes(8);
        const applied = { request, decision, answer, tag, now, row, epoch };
        stageBatch(tx, this.#tables, this.reads, applied, this.#options.tombstoneDays);
        const committed = { request, decision, epoch: epoch.epoch, headBefore: row.head };
        if (decision.rows.length > 0) tx.afterCommit(() => this.#options.onCommit?.(committed));
        return tag;
      },
    });
  }

  /** The same key on two collections at once: neither lock keeps the other out, the unique index does. */
  async #claimKey(tx: MemoryTransaction, { userId, batch }: BatchRequest, key: string): Promise<void> {
    await tx.lock(`key ${userId} ${batch.deviceId} ${key}`);
    if (this.#tables.keys.get(userId, keyOf(batch.deviceId, key)) !== undefined) {
      throw new ApiError("IDEMPOTENCY_KEY_REUSED");
    }
  }

  #findReplay(request: BatchRequest, { key, requestHash }: NonNullable<BatchRequest["idempotency"]>) {
    const { userId, dataType, batch } = request;
    const known = this.#tables.keys.get(userId, keyOf(batch.deviceId, key));
    if (known === undefined) return null;
    const stored = this.#tables.batches.get(partitionOf({ userId, dataType: known.dataType }), known.headAfter);
    if (stored === undefined) return null;
    return { ...stored, isSameRequest: known.dataType === dataType && requestHash.equals(known.requestHash) };
  }

  #stateOf(key: CollectionKey, recordId: string): [string, RecordState][] {
    const row = this.reads.current(key, recordId);
    if (row === undefined) return [];
    const { version, stampAt, stampDeviceId, fingerprint } = row;
    const isTombstone = row.changeType === 2;
    const bytes = isTombstone ? 0 : (row.record?.length ?? 0);
    return [[recordId, { isTombstone, version, stampAt, stampDeviceId, fingerprint, bytes }]];
  }

  #usageOf(userId: string) {
    let records = 0;
    let bytes = 0;
    for (const row of this.#tables.collections.rows(userId)) {
      records += row.recordCount;
      bytes += row.liveBytes;
    }
    return { records, bytes };
  }

  readPage(query: PageQuery): Promise<Page> {
    return this.#db.statement("read_page", () => this.reads.page(query, query));
  }

  readSince(query: SinceQuery): Promise<SincePage> {
    return this.#db.statement("read_since", () => {
      const head = this.reads.head(query, 0);
      const sinceVersion = this.reads.versionAt(query, query.since);
      if (sinceVersion < head.horizon) throw belowHorizon("CURSOR_EXPIRED", head);
      const changes = this.reads.live(query, sinceVersion);
      const deleted = this.reads.tombstones(query, sinceVersion);
      const rows = query.only === "all" ? [...changes, ...deleted] : deleted;
      const window = rows.filter((row) => row.version > sinceVersion + query.offset);
      return {
        ...cut(head, window, query.limit),
        sinceVersion,
        totalChanges: changes.length,
        totalDeleted: deleted.length,
      };
    });
  }

  versionAt(key: CollectionKey, at: Micros): Promise<{ version: number; isExact: boolean }> {
    return this.#db.statement("version_at", () => {
      const oldest = this.reads.oldestBatch(key);
      const isExact = oldest === undefined || oldest.headBefore === 0 || oldest.firstChangedAt <= at;
      return { version: this.reads.versionAt(key, at), isExact };
    });
  }

  readHistory(query: CollectionKey & { recordId: string; before: number; limit: number }): Promise<Page> {
    return this.#db.statement("read_page", () =>
      cut(this.reads.head(query, 0), this.reads.chain(query, query.recordId, query.before), query.limit, -1),
    );
  }

  /** The epoch is that of the statement's snapshot, the head that under the lock; where the snapshot has another, none is waited for. */
  async putProof(key: CollectionKey, proof: HeadProof): Promise<"stored" | "head-moved"> {
    const rowOf = (tx: MemoryTransaction) => tx.get(this.#tables.collections, key.userId, key.dataType);
    const isAtHead = (row: CollectionRow | undefined) =>
      row !== undefined && row.head > 0 && row.head === proof.version;
    let isShown = false;
    const shows = (tx: MemoryTransaction) => (isShown = isAtHead(rowOf(tx)) && proof.epoch === this.reads.epoch.epoch);
    const put = (tx: MemoryTransaction) => {
      const row = rowOf(tx);
      if (!isShown || row === undefined || !isAtHead(row)) return "head-moved";
      tx.put(this.#tables.collections, key.userId, key.dataType, { ...row, proof });
      return "stored";
    };
    return await this.#db.statement("put_proof", put, { lock: lockOf(key), shows });
  }

  readStatus(userId: string): Promise<ReadonlyMap<string, StatusRow>> {
    return this.#db.statement("read_status", () => {
      const epoch = this.reads.epoch.epoch;
      const rows = [...this.#tables.collections.entries(userId)].map(
        ([dataType, row]) => [String(dataType), statusOf(row, epoch)] as const,
      );
      return new Map(rows);
    });
  }

  beginEpoch(expected: string): Promise<void> {
    return this.epochs.begin(expected);
  }

  listEpochs(key: CollectionKey): Promise<readonly EpochStart[]> {
    return this.#db.statement("list_epochs", () => this.reads.epochStarts(key));
  }
}

function statusOf(row: CollectionRow, epoch: string): StatusRow {
  return {
    head: row.head,
    blobVersion: null,
    epoch,
    horizon: row.horizon,
    recordCount: row.recordCount,
    bytes: row.liveBytes,
    lastSyncAt: row.lastSyncAt,
    deviceId: row.lastDeviceId,
    proofVersion: row.proof?.version ?? null,
  };
}

const lockOf = (key: CollectionKey): string => `collection ${partitionOf(key)}`;
const keyOf = (deviceId: string, key: string): string => `${deviceId} ${key}`;
