import type { IDBPObjectStore, IDBPTransaction } from "idb";
import { SyncError } from "../../errors.ts";
import { keyBounds, type KeyBounds } from "../key-bounds.ts";
import type { TableName, Tables } from "../rows.ts";
import type { KeyRange, WriteTransaction } from "../store.ts";
import { storeError } from "./indexeddb-error.ts";

type Mode = "readonly" | "readwrite";
type Native = IDBPTransaction<unknown, TableName[], Mode>;
type NativeTable = IDBPObjectStore<unknown, TableName[], TableName, Mode>;

export class IndexedDbTransaction implements WriteTransaction {
  readonly #tx: Native;
  #failure: { readonly error: unknown } | null = null;

  constructor(tx: Native) {
    this.#tx = tx;
  }

  /** Throws what failed, even if the work went on: half a transaction is never committed. */
  assertSound(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined> {
    return this.#on(table, (rows) => rows.get(key));
  }

  getMany<T extends TableName>(table: T, keys: readonly string[]): Promise<(Tables[T] | undefined)[]> {
    return this.#on(table, (rows) => Promise.all(keys.map((key) => rows.get(key))));
  }

  scan<T extends TableName>(table: T, range: KeyRange): Promise<Tables[T][]> {
    return this.#on(table, (rows) => {
      const bounds = keyBounds(range);
      // To IndexedDB a limit of 0 is none.
      if (bounds === undefined || (range.limit !== undefined && range.limit <= 0)) return [];
      return rows.getAll(nativeRange(bounds), range.limit);
    });
  }

  count(table: TableName, prefix: string): Promise<number> {
    return this.#on(table, (rows) => {
      const bounds = keyBounds({ prefix });
      return bounds === undefined ? 0 : rows.count(nativeRange(bounds));
    });
  }

  put<T extends TableName>(table: T, ...rows: readonly Tables[T][]): Promise<void> {
    return this.#on(table, async (native) => {
      await Promise.all(rows.map((row) => native.put?.(row)));
    });
  }

  delete(table: TableName, ...keys: readonly string[]): Promise<void> {
    return this.#on(table, async (native) => {
      await Promise.all(keys.map((key) => native.delete?.(key)));
    });
  }

  async #on<T>(table: TableName, step: (rows: NativeTable) => T | Promise<T>): Promise<T> {
    try {
      return await step(this.#table(table));
    } catch (error) {
      // An aborted transaction ends every step with AbortError; why it was aborted, it says itself.
      const mapped = storeError(this.#tx.error ?? error);
      this.#failure ??= { error: mapped };
      throw mapped;
    }
  }

  #table(table: TableName): NativeTable {
    try {
      return this.#tx.objectStore(table);
    } catch (cause) {
      throw new SyncError("INTERNAL", { cause });
    }
  }
}

function nativeRange({ lower, upper }: KeyBounds): IDBKeyRange {
  return upper === null ? IDBKeyRange.lowerBound(lower) : IDBKeyRange.bound(lower, upper, false, true);
}
