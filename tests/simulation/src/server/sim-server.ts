/** A request as the engine's `fetch` made it; `path` has the query. */
export interface SimRequest {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

export interface SimReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * What may happen where a statement is sent. `connection-lost` at a commit: nothing was committed; `commit-unknown` there:
 * all of it was, and nobody was told. `crash` ends the process with every request that it was at work on.
 */
export type StatementFault =
  | "none"
  | "serialization"
  | "deadlock"
  | "lock-timeout"
  | "statement-timeout"
  | "connection-lost"
  | "commit-unknown"
  | "disk-full"
  | "read-only"
  | "crash"
  | "pool-exhausted";

export interface ServerHooks {
  /**
   * Asked before each database statement, and, as `reply`, after the commit before the answer. A yield point too: it may
   * take virtual time.
   */
  atStatement(place: string): StatementFault | Promise<StatementFault>;
}

/** What the server depends on; nothing of it is taken from the world. */
export interface ServerPorts extends ServerHooks {
  /** The server's clock, microseconds since 1970. */
  now(): number;
  randomBytes(length: number): Uint8Array;
  /** Work that takes real time, as a real database does: virtual time stands still meanwhile. */
  external<T>(work: Promise<T>): Promise<T>;
}

/** The process died: no answer reaches anybody. */
export class ServerCrashed extends Error {
  constructor() {
    super("the server crashed");
    this.name = "ServerCrashed";
  }
}

export interface Announcement {
  readonly userId: string;
  readonly dataType: string;
  readonly version: number;
  readonly deviceId: string;
}

/** One accepted change, as it was committed. */
export interface CommittedChange {
  readonly userId: string;
  readonly dataType: string;
  readonly epoch: string;
  readonly version: number;
  readonly recordId: string;
  readonly changeType: "insert" | "update" | "delete";
  readonly deviceId: string;
  readonly idempotencyKey: string | null;
  /** What the change asked to replace; null: last write wins. */
  readonly baseVersion: number | null;
  /** The record's live change or live tombstone before this one; 0: neither. */
  readonly previousVersion: number;
  /** Empty for a deletion without one. */
  readonly envelope: Uint8Array;
  readonly at: number;
  /** Cut from the history by a restore, a promotion or a wipe since. */
  readonly isLost: boolean;
}

/** A database as it was; only the server that made it can read it. */
export type Backup = unknown;

/**
 * How a backup comes back: by the product's own command, which begins an epoch at once; as a dump in another cluster, whose
 * identity tells; or as a copied data directory with the same identity, where only the cursors' lineage tells.
 */
export type RestoreMode = "command" | "new-cluster" | "same-cluster";

export interface Operator {
  /**
   * One run of the retention, at the server's clock. Answers its outcome: `done`, `paused`, `suspended`, `failed`.
   * `acceptClock`: the operator says that the clock is right, although it jumped.
   */
  cleanup(options?: { readonly acceptClock?: boolean }): Promise<string>;
  backup(): Promise<Backup>;
  restore(backup: Backup, mode: RestoreMode): Promise<void>;
  /** An asynchronous standby is promoted that had not received the last commits of batches. */
  loseLastBatches(count: number): Promise<void>;
  /** A new, empty database. */
  wipe(): Promise<void>;
  setQuota(quota: { readonly maxRecords: number; readonly maxBytes: number }): void;
  /** False when there is no such device. */
  revokeDevice(userId: string, deviceId: string): Promise<boolean>;
  setDisabled(userId: string, isDisabled: boolean): Promise<void>;
  /** From now on every request is answered 429 with this `Retry-After`; null: no longer. */
  limitRate(retryAfterSeconds: number | null): void;
  /** The process ends at once and another one starts: requests at work reject with ServerCrashed. */
  restart(): void;
}

/** What the server holds of one collection now, read below the handlers: for the oracles only. */
export interface StoredCollection {
  readonly userId: string;
  readonly dataType: string;
  readonly epoch: string;
  readonly head: number;
  readonly horizon: number;
  readonly historyHorizon: number;
  /** The account's counters, over all of its collections. */
  readonly accountRecords: number;
  readonly accountBytes: number;
  readonly records: readonly StoredRecord[];
  readonly tombstones: readonly StoredRecord[];
}

export interface StoredRecord {
  readonly recordId: string;
  readonly version: number;
  readonly envelope: Uint8Array;
}

export interface SimServer {
  /** Rejects with ServerCrashed when no answer reaches anybody. */
  handle(request: SimRequest): Promise<SimReply>;
  /** What was announced after commits, for the world to deliver or lose. */
  onAnnounce(listener: (event: Announcement) => void): void;
  readonly operator: Operator;
  /** What was committed, in the order of commits. */
  readonly history: readonly CommittedChange[];
  readCollection(userId: string, dataType: string): Promise<StoredCollection>;
  close(): Promise<void>;
}
