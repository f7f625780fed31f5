import { type RandomBytes, systemRandom } from "@owlivion/sync-crypto";
import { SyncError } from "../errors.ts";
import { systemClock } from "../ports.ts";
import { eitherSignal } from "./abort.ts";
import { blobProtector } from "./blob-protector.ts";
import { copyValue } from "./copy-value.ts";
import { MemoryTables } from "./memory-tables.ts";
import { Mutex } from "./mutex.ts";
import { NamedLocks } from "./named-locks.ts";
import type { TableName } from "./rows.ts";
import type {
  LockName,
  LockOptions,
  OpenStore,
  Protector,
  ReadTransaction,
  Store,
  StoreMessage,
  WriteTransaction,
} from "./store.ts";
import { TableTransaction, type TurnClock } from "./table-transaction.ts";

/** Chance, and the turns by which a transaction that was left alone is found: the simulation passes its own. */
export interface MemoryStoreOptions {
  readonly random?: RandomBytes;
  readonly clock?: TurnClock;
}

/** A store that ends with the process. Every call of what it returns opens another handle on the same data, like a tab. */
export function memoryStore({ random = systemRandom, clock = systemClock }: MemoryStoreOptions = {}): OpenStore {
  const newProtector = (): Protector => blobProtector(undefined, random);
  const memory: Memory = {
    clock,
    tables: new MemoryTables(),
    turn: new Mutex(),
    locks: new NamedLocks(),
    handles: new Set(),
    newProtector,
    protector: newProtector(),
  };
  return async () => new MemoryStore(memory);
}

interface Memory {
  readonly clock: TurnClock;
  readonly newProtector: () => Protector;
  readonly tables: MemoryTables;
  readonly turn: Mutex;
  readonly locks: NamedLocks;
  readonly handles: Set<MemoryStore>;
  protector: Protector;
}

class MemoryStore implements Store {
  readonly #memory: Memory;
  readonly #listeners = new Set<(message: StoreMessage) => void>();
  readonly #closing = new AbortController();
  readonly protector: Protector;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.protector = memory.protector;
    memory.handles.add(this);
  }

  read<T>(tables: readonly TableName[], work: (tx: ReadTransaction) => Promise<T>): Promise<T> {
    return this.write(tables, work);
  }

  async write<T>(tables: readonly TableName[], work: (tx: WriteTransaction) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return this.#memory.turn.run(async () => {
      const tx = new TableTransaction(this.#memory.tables, tables, this.#memory.clock);
      try {
        const result = await work(tx);
        tx.assertSound();
        this.#memory.tables.keep();
        return result;
      } finally {
        tx.end();
        this.#memory.tables.undo();
      }
    });
  }

  announce(message: StoreMessage): void {
    if (this.#closing.signal.aborted) return;
    for (const handle of this.#memory.handles) {
      if (handle !== this) queueMicrotask(() => handle.#hear(copyValue(message)));
    }
  }

  onMessage(listener: (message: StoreMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async exclusively<T>(lock: LockName, work: () => Promise<T>, options: LockOptions = {}): Promise<T | undefined> {
    this.#assertOpen();
    const signal = eitherSignal(this.#closing.signal, options.signal);
    return this.#memory.locks.hold(lock, work, signal, options.ifAvailable === true);
  }

  async estimate(): Promise<{ usedBytes: null; availableBytes: null }> {
    this.#assertOpen();
    return { usedBytes: null, availableBytes: null };
  }

  async close(): Promise<void> {
    this.#end();
    await this.#memory.turn.run(async () => {});
  }

  async destroy(): Promise<void> {
    for (const handle of this.#memory.handles) handle.#end();
    await this.#memory.turn.run(async () => {
      this.#memory.tables.clear();
      this.#memory.protector = this.#memory.newProtector();
    });
  }

  #hear(message: StoreMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  #end(): void {
    this.#closing.abort(new SyncError("STORE_CLOSED"));
    this.#memory.handles.delete(this);
    this.#listeners.clear();
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new SyncError("STORE_CLOSED");
  }
}
