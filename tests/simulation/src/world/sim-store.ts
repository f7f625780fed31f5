import { SyncError } from "@owlivion/sync-client";
import type { TableName, Tables } from "../../../../packages/client/src/store/rows.ts";
import type {
  KeyRange,
  LockName,
  LockOptions,
  Protector,
  ReadTransaction,
  Store,
  StoreMessage,
  WriteTransaction,
} from "../../../../packages/client/src/store/store.ts";
import type { Choice } from "../tapes/fault-tape.ts";
import { Writes } from "./mirror.ts";
import { never, ProcessEnded, type ProcessLife } from "./process-life.ts";
import type { SimDisk } from "./sim-disk.ts";

/** What the world decides about a process's storage, and hears of it. */
export interface StoreWorld {
  /** What happens to the next transaction. */
  fault(): Choice | null;
  /** How long it takes to be on the disk. */
  commitMs(): number;
  happened(fault: string): void;
  wait(ms: number): Promise<void>;
  later(ms: number, run: () => void): void;
  /** Before the mirror shows it. */
  committing(writes: Writes): void;
  committed(writes: Writes): void;
}

/** A process's handle on its device's disk: it dies, fails and takes its time as the world wants. */
export class SimStore implements Store {
  readonly #inner: Store;
  readonly #disk: SimDisk;
  readonly #life: ProcessLife;
  readonly #world: StoreWorld;
  readonly protector: Protector;

  constructor(inner: Store, disk: SimDisk, life: ProcessLife, world: StoreWorld) {
    this.#inner = inner;
    this.#disk = disk;
    this.#life = life;
    this.#world = world;
    this.protector = {
      protect: async (plain) => (life.isOver ? await never() : await disk.protector.protect(plain)),
      unprotect: async (sealed) => (life.isOver ? await never() : await disk.protector.unprotect(sealed)),
    };
  }

  async read<T>(tables: readonly TableName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T> {
    return await this.#transact(tables, work);
  }

  async write<T>(tables: readonly TableName[], work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    return await this.#transact(tables, work);
  }

  async #transact<T>(tables: readonly TableName[], work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    const life = this.#life;
    if (life.isOver) return await never();
    const fault = this.#world.fault();
    if (fault?.kind === "slow") {
      this.#world.happened("store.slow");
      await this.#world.wait(1 + (fault.value % 500));
      if (life.isOver) return await never();
    }
    const writes = new Writes();
    try {
      const result = await this.#inner.write(tables, async (tx) => {
        life.assertGoesOn();
        const steps = new Steps(tx, writes, life, fault?.kind === "crash" ? fault.value % 6 : Infinity, () =>
          this.#world.happened("store.crash"),
        );
        const result = await work(steps);
        life.assertGoesOn();
        this.#fail(fault, writes);
        return result;
      });
      if (writes.list.length > 0) {
        this.#world.committing(writes);
        this.#disk.mirror.apply(writes);
        this.#world.committed(writes);
        if (fault?.kind === "commitKept") {
          this.#world.happened("store.commitKept");
          life.end("died after a commit");
        }
        const commitMs = this.#world.commitMs();
        if (commitMs > 0) await this.#world.wait(commitMs);
      }
      return life.isOver ? await never() : result;
    } catch (error) {
      if (life.isOver) return await never();
      throw error;
    }
  }

  /** At the commit: nothing of it was kept. */
  #fail(fault: Choice | null, writes: Writes): void {
    if (fault?.kind === "unreadable") {
      this.#world.happened("store.unreadable");
      throw new SyncError("STORE_UNREADABLE");
    }
    if (writes.list.length === 0) return;
    if (fault?.kind === "full") {
      this.#world.happened("store.full");
      throw new SyncError("STORE_FULL");
    }
    if (fault?.kind === "commitLost") {
      this.#world.happened("store.commitLost");
      this.#life.end("died before a commit");
      throw new ProcessEnded();
    }
  }

  announce(message: StoreMessage): void {
    if (!this.#life.isOver) this.#inner.announce(message);
  }

  onMessage(listener: (message: StoreMessage) => void): () => void {
    return this.#inner.onMessage((message) =>
      this.#world.later(1, () => {
        if (!this.#life.isOver) listener(message);
      }),
    );
  }

  /** What ends the process frees the lock. */
  async exclusively<T>(lock: LockName, work: () => Promise<T>, options?: LockOptions): Promise<T | undefined> {
    const life = this.#life;
    if (life.isOver) return await never();
    try {
      const result = await this.#inner.exclusively(
        lock,
        async () => {
          life.assertGoesOn();
          return await Promise.race([work(), life.over.then(() => Promise.reject<T>(new ProcessEnded()))]);
        },
        options,
      );
      return life.isOver ? await never() : result;
    } catch (error) {
      if (life.isOver) return await never();
      throw error;
    }
  }

  async estimate() {
    return { usedBytes: null, availableBytes: null };
  }

  async close(): Promise<void> {
    await this.#inner.close();
  }

  async destroy(): Promise<void> {
    await this.#inner.destroy();
    this.#disk.erase();
  }
}

/** The steps of a transaction, noted, up to the one at which the process dies. */
class Steps implements WriteTransaction {
  readonly #tx: WriteTransaction;
  readonly #writes: Writes;
  readonly #life: ProcessLife;
  readonly #onCrash: () => void;
  #left: number;

  constructor(tx: WriteTransaction, writes: Writes, life: ProcessLife, stepsLeft: number, onCrash: () => void) {
    this.#tx = tx;
    this.#writes = writes;
    this.#life = life;
    this.#left = stepsLeft;
    this.#onCrash = onCrash;
  }

  #step(): void {
    this.#life.assertGoesOn();
    this.#left -= 1;
    if (this.#left >= 0) return;
    this.#onCrash();
    this.#life.end("died within a transaction");
    throw new ProcessEnded();
  }

  async get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined> {
    this.#step();
    return await this.#tx.get(table, key);
  }

  async getMany<T extends TableName>(table: T, keys: readonly string[]): Promise<(Tables[T] | undefined)[]> {
    this.#step();
    return await this.#tx.getMany(table, keys);
  }

  async scan<T extends TableName>(table: T, range: KeyRange): Promise<Tables[T][]> {
    this.#step();
    return await this.#tx.scan(table, range);
  }

  async count(table: TableName, prefix: string): Promise<number> {
    this.#step();
    return await this.#tx.count(table, prefix);
  }

  async put<T extends TableName>(table: T, ...rows: readonly Tables[T][]): Promise<void> {
    this.#step();
    await this.#tx.put(table, ...rows);
    for (const row of rows) this.#writes.list.push({ table, key: row.key, row });
  }

  async delete(table: TableName, ...keys: readonly string[]): Promise<void> {
    this.#step();
    await this.#tx.delete(table, ...keys);
    for (const key of keys) this.#writes.list.push({ table, key, row: undefined });
  }
}
