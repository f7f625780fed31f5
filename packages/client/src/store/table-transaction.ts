import { SyncError } from "../errors.ts";
import { type Clock, systemClock, type Timer } from "../ports.ts";
import { keyBounds, type KeyBounds } from "./key-bounds.ts";
import type { TableName, Tables } from "./rows.ts";
import type { KeyRange, WriteTransaction } from "./store.ts";

/** Tables that answer at once. */
export interface SyncTables {
  get<T extends TableName>(table: T, key: string): Tables[T] | undefined;
  scan<T extends TableName>(table: T, bounds: KeyBounds, limit: number | undefined): Tables[T][];
  count(table: TableName, bounds: KeyBounds): number;
  put<T extends TableName>(table: T, row: Tables[T]): void;
  delete(table: TableName, key: string): void;
}

/** Calls back when nothing that was ready to run is left, and not before. */
export type TurnClock = Pick<Clock, "schedule">;

/** A transaction on such tables. It refuses what IndexedDB would refuse, so that no store is more lenient than another. */
export class TableTransaction implements WriteTransaction {
  readonly #tables: SyncTables;
  readonly #scope: ReadonlySet<TableName>;
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  readonly #leftAlone: Timer;

  constructor(tables: SyncTables, scope: readonly TableName[], clock: TurnClock = systemClock) {
    this.#tables = tables;
    this.#scope = new Set(scope);
    // No timer runs as long as the work awaits only this. IndexedDB would have committed what is there.
    this.#leftAlone = clock.schedule(0, () => (this.#failure ??= { error: leftAlone() }));
  }

  /** Nothing works afterwards. */
  end(): void {
    this.#isOver = true;
    this.#leftAlone.cancel();
  }

  /** Throws what failed, even if the work went on: half a transaction is never committed. */
  assertSound(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  async get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined> {
    return this.#on(table, () => this.#tables.get(table, key));
  }

  async getMany<T extends TableName>(table: T, keys: readonly string[]): Promise<(Tables[T] | undefined)[]> {
    return this.#on(table, () => keys.map((key) => this.#tables.get(table, key)));
  }

  async scan<T extends TableName>(table: T, range: KeyRange): Promise<Tables[T][]> {
    return this.#on(table, () => {
      const bounds = keyBounds(range);
      if (bounds === undefined || (range.limit !== undefined && range.limit <= 0)) return [];
      return this.#tables.scan(table, bounds, range.limit);
    });
  }

  async count(table: TableName, prefix: string): Promise<number> {
    return this.#on(table, () => {
      const bounds = keyBounds({ prefix });
      return bounds === undefined ? 0 : this.#tables.count(table, bounds);
    });
  }

  async put<T extends TableName>(table: T, ...rows: readonly Tables[T][]): Promise<void> {
    this.#on(table, () => {
      for (const row of rows) this.#tables.put(table, row);
    });
  }

  async delete(table: TableName, ...keys: readonly string[]): Promise<void> {
    this.#on(table, () => {
      for (const key of keys) this.#tables.delete(table, key);
    });
  }

  #on<T>(table: TableName, step: () => T): T {
    if (this.#isOver) throw new SyncError("INTERNAL", { message: "The transaction is over." });
    this.assertSound();
    try {
      if (!this.#scope.has(table)) throw outsideScope(table);
      return step();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }
}

export function outsideScope(table: TableName): SyncError {
  return new SyncError("INTERNAL", { message: `The transaction was opened without the table ${table}.` });
}

function leftAlone(): SyncError {
  return new SyncError("INTERNAL", { message: "The work of a transaction may await nothing but the transaction." });
}
