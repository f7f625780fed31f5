import type { TableName, Tables } from "./rows.ts";

/** Rows of one table whose keys begin with `prefix`, in the order of their keys (UTF-16 code units). */
export interface KeyRange {
  readonly prefix: string;
  /** Only keys greater than this one. */
  readonly after?: string;
  readonly limit?: number;
}

/** Reads see one state of the store, from the first to the last. */
export interface ReadTransaction {
  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined>;
  /** In the order of `keys`; undefined where there is no row. */
  getMany<T extends TableName>(table: T, keys: readonly string[]): Promise<(Tables[T] | undefined)[]>;
  scan<T extends TableName>(table: T, range: KeyRange): Promise<Tables[T][]>;
  count(table: TableName, prefix: string): Promise<number>;
}

export interface WriteTransaction extends ReadTransaction {
  /** Inserts or replaces, by `row.key`. */
  put<T extends TableName>(table: T, ...rows: readonly Tables[T][]): Promise<void>;
  delete(table: TableName, ...keys: readonly string[]): Promise<void>;
}

/**
 * Where a device keeps everything. A write transaction applies whole or not at all, is durable when its promise resolves, and
 * reads its own writes; writers follow each other, in other tabs and processes too. Rows are copies: changing one that was read
 * or written changes nothing in the store.
 *
 * The work of a transaction may await nothing but the transaction's own methods. IndexedDB commits half of it otherwise; the
 * other stores answer INTERNAL.
 *
 * Failures are `SyncError`s: STORE_FULL, STORE_UNREADABLE, STORE_CLOSED, STORE_NEWER (written by a newer version of the SDK).
 */
export interface Store {
  read<T>(tables: readonly TableName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T>;
  write<T>(tables: readonly TableName[], work: (tx: WriteTransaction) => Promise<T>): Promise<T>;
  /** Says to other tabs and processes on the same store what has changed, after the commit. Best effort. */
  announce(message: StoreMessage): void;
  /** Messages of others, never one's own. A store that cannot pass messages on may say `{type: "unknown"}`. */
  onMessage(listener: (message: StoreMessage) => void): () => void;
  /**
   * Waits until nobody else on this store, in any tab or process, holds the lock; it ends with `work`, and with the tab or
   * process that holds it. With `ifAvailable` it does not wait: `work` is not called and the answer is undefined.
   */
  exclusively<T>(lock: LockName, work: () => Promise<T>, options?: LockOptions): Promise<T | undefined>;
  /** The platform had lost what was here, and says so: the store began empty. */
  readonly hasLostData?: boolean;
  /** Seals what must not lie about in plain: keys and tokens. */
  readonly protector: Protector;
  /** Bytes used and available, where the platform tells. */
  estimate(): Promise<{ readonly usedBytes: number | null; readonly availableBytes: number | null }>;
  close(): Promise<void>;
  /** Closes and removes everything, the protector's key included. */
  destroy(): Promise<void>;
}

export type LockName = "syncer" | "refresh" | "sign-out";

export interface LockOptions {
  /** Ends the wait with CANCELLED; it does not end `work`. */
  readonly signal?: AbortSignal;
  readonly ifAvailable?: boolean;
}

/** Protection at rest by a key the platform keeps: non-extractable in a browser, a file of mode 0600 in Node. */
export interface Protector {
  protect(plain: Uint8Array): Promise<Uint8Array>;
  /** Rejects with KEY_UNAVAILABLE when the platform's key is gone or another. */
  unprotect(sealed: Uint8Array): Promise<Uint8Array>;
}

export type StoreMessage =
  /** Records of a data type look different now. */
  | { readonly type: "changed"; readonly dataType: string; readonly recordIds: readonly string[] | null }
  /** The outbox has something to push. */
  | { readonly type: "edited"; readonly dataType: string }
  /** Session, keys or another part of the device's state. */
  | { readonly type: "state" }
  /** A person asked for a sync, in a tab that is not the syncer. */
  | { readonly type: "wanted" }
  /** What waits to be sent, or for a person, is not what it was. */
  | { readonly type: "status" }
  | { readonly type: "unknown" };

/** Opens the store; the account it holds is found inside. */
export type OpenStore = () => Promise<Store>;
