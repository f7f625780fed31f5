import type { Micros } from "@owlivion/sync-protocol";
import type { Cluster, MemoryDatabase } from "../../db/memory/memory-database.ts";
import type { CollectionKey, HeadProof, PageRow, StoredBatch } from "../store.ts";

// The tables of migration 002, as the memory store keeps them. A row is never changed, only replaced.

export interface CollectionRow {
  readonly epochNo: number;
  readonly head: number;
  readonly lastChangedAt: Micros;
  readonly horizon: number;
  readonly horizonAt: Micros;
  readonly historyHorizon: number;
  readonly historySwept: number;
  readonly recordCount: number;
  readonly liveBytes: number;
  readonly lastSyncAt: Micros | null;
  readonly lastDeviceId: string | null;
  readonly proof: HeadProof | null;
}

/** Who wins by time, and what makes a change the same as another. */
interface Stamped {
  readonly stampAt: Micros;
  readonly stampDeviceId: string;
  /** Hex of nonce ‖ checksum; empty without a payload. */
  readonly fingerprint: string;
}

export interface LogRow extends PageRow, Stamped {
  /** 0: none. */
  readonly prevVersion: number;
  /** 0: current. */
  readonly supersededVersion: number;
}

export interface TombstoneRow extends PageRow, Stamped {
  readonly expiresAt: Micros;
}

export interface BatchRow extends StoredBatch {
  readonly tag: Buffer;
  readonly deviceId: string;
  readonly idempotencyKey: string | null;
  readonly createdAt: Micros;
}

export interface KeyRow {
  readonly dataType: string;
  readonly requestHash: Buffer;
  readonly headAfter: number;
}

export interface EpochRow {
  readonly epochNo: number;
  readonly epoch: string;
  readonly beganAt: Micros;
  readonly reason: "created" | "restored" | "cluster" | "lineage";
  readonly isExact: boolean;
  readonly cluster: Cluster | null;
}

/** Milliseconds since 1970, as retention/judge-run.ts has them. */
export interface CleanupState {
  readonly lastRunAt: number | null;
  readonly suspectSince: number | null;
}

/** What stands in a collection's row before the first batch. */
export const neverWritten: Omit<CollectionRow, "epochNo"> = {
  head: 0,
  lastChangedAt: 0,
  horizon: 0,
  horizonAt: 0,
  historyHorizon: 0,
  historySwept: 0,
  recordCount: 0,
  liveBytes: 0,
  lastSyncAt: null,
  lastDeviceId: null,
  proof: null,
};

/** By partition: collections by account, the rest by collection, epochs in one. */
export type MemoryTables = ReturnType<typeof createTables>;

export function createTables(db: MemoryDatabase) {
  return {
    /** By data type. */
    collections: db.table<CollectionRow>(),
    /** By version; what retention purged is gone. */
    log: db.table<LogRow>(),
    /** The version of each live record, by its id. */
    current: db.table<number>(),
    /** By record id. */
    tombstones: db.table<TombstoneRow>(),
    /** By the head after. */
    batches: db.table<BatchRow>(),
    /** Of an account, by device and idempotency key. */
    keys: db.table<KeyRow>(),
    epochs: db.table<EpochRow>(),
    /** By number of the epoch. */
    epochStarts: db.table<number>(),
    cleanup: db.table<CleanupState>(),
  };
}

export const partitionOf = ({ userId, dataType }: CollectionKey): string => `${userId} ${dataType}`;
export const everything = "";
