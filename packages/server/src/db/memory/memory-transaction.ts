import type { MemoryConnection } from "./memory-connection.ts";
import type { DatabaseFault } from "./memory-database.ts";
import type { MemoryTable } from "./memory-table.ts";

type Key = string | number;
type Staged = Map<string, Map<Key, unknown>>;

const codes = {
  serialization: "40001",
  deadlock: "40P01",
  "lock-timeout": "55P03",
  "statement-timeout": "57014",
  "connection-lost": "ECONNRESET",
  "commit-unknown": "ECONNRESET",
  "disk-full": "53100",
  "read-only": "25006",
} as const;

/** A failure as the driver reports it. */
class StatementError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`simulated failure ${code}`);
    this.name = "StatementError";
    this.code = code;
  }
}

/**
 * Writes are its own until the commit; reads see what is committed when they are made, and its own writes. A statement
 * that failed ends it: what follows fails too, as in PostgreSQL.
 */
export class MemoryTransaction {
  readonly #connection: MemoryConnection;
  readonly #writes = new Map<MemoryTable<unknown>, Staged>();
  readonly #afterCommit: (() => void)[] = [];
  #hasFailed = false;
  #isBatch = false;

  constructor(connection: MemoryConnection) {
    this.#connection = connection;
  }

  /** The yield point before a statement, and what happens to it there. */
  async statement(place: string, isWriting = false): Promise<void> {
    if (this.#hasFailed) throw new StatementError("25P02");
    this.#hasFailed = true; // Also when the hook throws.
    this.suffer(await this.#connection.yieldAt(place), isWriting);
    this.#hasFailed = false;
  }

  suffer(fault: DatabaseFault, isWriting: boolean): void {
    if (fault === "none" || fault === "pool-exhausted") return;
    if (!isWriting && (fault === "disk-full" || fault === "read-only")) return;
    this.#hasFailed = true;
    throw new StatementError(codes[fault]);
  }

  /** Of a row or of a key that is to be unique. */
  async lock(name: string): Promise<void> {
    const wait = this.#connection.database.locks.take(name, this);
    if (wait === undefined) return;
    this.#hasFailed = true;
    await wait;
    this.#hasFailed = false;
  }

  get<Row>(table: MemoryTable<Row>, partition: string, key: Key): Row | undefined {
    const staged = this.#staged(table, partition);
    return staged?.has(key) === true ? (staged.get(key) as Row | undefined) : table.get(partition, key);
  }

  rows<Row>(table: MemoryTable<Row>, partition: string): Row[] {
    const staged = this.#staged(table, partition);
    if (staged === undefined) return [...table.rows(partition)];
    const merged = new Map<Key, Row>(table.entries(partition));
    for (const [key, row] of staged) {
      if (row === undefined) merged.delete(key);
      else merged.set(key, row as Row);
    }
    return [...merged.values()];
  }

  put<Row>(table: MemoryTable<Row>, partition: string, key: Key, row: Row | undefined): void {
    let ofTable = this.#writes.get(table as MemoryTable<unknown>);
    if (ofTable === undefined) this.#writes.set(table as MemoryTable<unknown>, (ofTable = new Map()));
    let ofPartition = ofTable.get(partition);
    if (ofPartition === undefined) ofTable.set(partition, (ofPartition = new Map()));
    ofPartition.set(key, row);
  }

  /** A batch of changes, which a promotion may lose. */
  markBatch(): void {
    this.#isBatch = true;
  }

  afterCommit(tell: () => void): void {
    this.#afterCommit.push(tell);
  }

  async commit(): Promise<void> {
    if (this.#hasFailed) throw new Error("The transaction was rolled back: a statement in it had failed");
    const fault = await this.#connection.yieldAt("commit");
    if (fault !== "commit-unknown") this.suffer(fault, this.#writes.size > 0);
    this.write();
    if (fault === "commit-unknown") this.suffer(fault, true);
  }

  /** What is staged becomes what others see, all at once. */
  write(): void {
    if (this.#writes.size === 0) return;
    const before = [];
    for (const [table, partitions] of this.#writes) {
      for (const [partition, rows] of partitions) {
        for (const [key, row] of rows) before.push({ table, partition, key, row: table.write(partition, key, row) });
      }
    }
    this.#connection.database.remember({ isBatch: this.#isBatch, before });
    this.#writes.clear();
    for (const tell of this.#afterCommit) tell();
  }

  end(): void {
    this.#hasFailed = true;
    this.#connection.database.locks.release(this);
  }

  #staged<Row>(table: MemoryTable<Row>, partition: string): Map<Key, unknown> | undefined {
    return this.#writes.get(table as MemoryTable<unknown>)?.get(partition);
  }
}
