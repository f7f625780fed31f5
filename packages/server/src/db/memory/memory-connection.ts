import { classifyDatabaseError } from "../classify-database-error.ts";
import { PoolExhaustedError } from "../pool-exhausted-error.ts";
import type { DatabaseFault, MemoryDatabase, MemoryPorts } from "./memory-database.ts";
import { MemoryTransaction } from "./memory-transaction.ts";

/** What one server process has of a memory database: its pool. */
export class MemoryConnection {
  readonly #db: MemoryDatabase;
  readonly #open = new Set<MemoryTransaction>();
  #death: Error | null = null;

  constructor(db: MemoryDatabase) {
    this.#db = db;
  }

  get ports(): MemoryPorts {
    return this.#db.ports;
  }

  get database(): MemoryDatabase {
    return this.#db;
  }

  /** The process is gone: what it was at is rolled back, and whatever goes on with it fails so. */
  kill(death: Error): void {
    this.#death = death;
    for (const tx of this.#open) this.#db.locks.abandon(tx, death);
    this.#open.clear();
  }

  /** As db/with-transaction.ts. */
  async transaction<T>(work: (tx: MemoryTransaction) => Promise<T>, { retries = 0 } = {}): Promise<T> {
    for (let retriesLeft = retries; ; retriesLeft--) {
      const tx = this.#begin();
      try {
        const fault = await this.yieldAt("connect");
        if (fault === "pool-exhausted") throw new PoolExhaustedError(new Error("simulated"));
        const result = await work(tx);
        await tx.commit();
        return result;
      } catch (error) {
        if (retriesLeft === 0 || classifyDatabaseError(error) !== "retryable") throw error;
      } finally {
        this.#end(tx);
      }
    }
  }

  /** A statement by itself: its snapshot is one, and its commit too. What its snapshot does not show it does not wait for. */
  async statement<T>(
    place: string,
    work: (tx: MemoryTransaction) => T,
    options: { lock?: string; shows?: (tx: MemoryTransaction) => boolean } = {},
  ): Promise<T> {
    const tx = this.#begin();
    try {
      const fault = await this.yieldAt(place);
      if (fault === "pool-exhausted") throw new PoolExhaustedError(new Error("simulated"));
      if (fault !== "commit-unknown") tx.suffer(fault, options.lock !== undefined);
      if (options.lock !== undefined && options.shows?.(tx) !== false) await tx.lock(options.lock);
      const result = work(tx);
      tx.write();
      if (fault === "commit-unknown") tx.suffer(fault, true);
      return result;
    } finally {
      this.#end(tx);
    }
  }

  async yieldAt(place: string): Promise<DatabaseFault> {
    if (this.#death !== null) throw this.#death;
    const fault = await this.#db.ports.atStatement(place);
    // The process may have died meanwhile.
    if (this.#death !== null) throw this.#death as Error;
    return fault;
  }

  #begin(): MemoryTransaction {
    const tx = new MemoryTransaction(this);
    this.#open.add(tx);
    return tx;
  }

  #end(tx: MemoryTransaction): void {
    this.#open.delete(tx);
    tx.end();
  }
}
