import { statSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { SyncError } from "../../errors.ts";
import { Mutex } from "../mutex.ts";
import type { TableName } from "../rows.ts";
import type { WriteTransaction } from "../store.ts";
import { TableTransaction } from "../table-transaction.ts";
import { destroyedVersion } from "./migrations.ts";
import { retryBusy } from "./retry-busy.ts";
import { storeError } from "./sqlite-error.ts";
import { SqliteTables } from "./sqlite-tables.ts";

export type Work<T> = (tx: WriteTransaction) => Promise<T>;

/**
 * Transactions on one connection, one after the other: their work is asynchronous, and SQLite would take steps of two for one
 * transaction. One that waits for another process lets those go first that do not have to.
 */
export class SqliteConnection {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #inode: number;
  readonly #writeWaitMs: number;
  readonly #tables: SqliteTables;
  readonly #version: StatementSync;
  readonly #expectedVersion: number;
  readonly #dataVersion: StatementSync;
  readonly #writers = new Mutex();
  readonly #turn = new Mutex();

  constructor(db: DatabaseSync, path: string, writeWaitMs = 10_000) {
    this.#db = db;
    this.#path = path;
    this.#inode = statSync(path).ino;
    this.#writeWaitMs = writeWaitMs;
    this.#tables = new SqliteTables(db);
    this.#version = db.prepare("PRAGMA user_version");
    this.#expectedVersion = this.#readVersion();
    this.#dataVersion = db.prepare("PRAGMA data_version");
  }

  read<T>(tables: readonly TableName[], work: Work<T>): Promise<T> {
    return this.#begin("BEGIN", tables, work);
  }

  write<T>(tables: readonly TableName[], work: Work<T>): Promise<T> {
    return this.#writers.run(() => this.#begin("BEGIN IMMEDIATE", tables, work));
  }

  /** Runs statements in a write transaction of their own. */
  writeSql(...statements: readonly string[]): Promise<void> {
    return this.write([], async () => {
      for (const sql of statements) this.#db.exec(sql);
    });
  }

  /** Another number after every commit of another connection; null in a transaction, which sees none of them. */
  dataVersion(): number | null {
    if (this.#db.isTransaction) return null;
    return this.#dataVersion.get()?.["data_version"] as number;
  }

  /** After the transactions that were begun. */
  async close(): Promise<void> {
    await this.#writers.run(() => this.#turn.run(async () => this.#db.close()));
  }

  async #begin<T>(begin: string, tables: readonly TableName[], work: Work<T>): Promise<T> {
    // What is tried again is the beginning, never the work.
    const attempt = (): Promise<{ readonly result: Promise<T> }> =>
      this.#turn.run(async () => {
        this.#enter(begin);
        const result = this.#finish(tables, work);
        await result.catch(() => {});
        return { result };
      });
    return (await retryBusy(attempt, { ms: this.#writeWaitMs, pauseMs: 20 })).result;
  }

  /** Its read of the version is the first of the transaction: from here on it sees one state. */
  #enter(begin: string): void {
    try {
      this.#db.exec(begin);
      this.#assertSameStore();
    } catch (error) {
      this.#rollBack();
      throw storeError(error);
    }
  }

  async #finish<T>(tables: readonly TableName[], work: Work<T>): Promise<T> {
    const tx = new TableTransaction(this.#tables, tables);
    try {
      const result = await work(tx);
      tx.assertSound();
      this.#commit();
      return result;
    } finally {
      tx.end();
      this.#rollBack();
    }
  }

  #commit(): void {
    try {
      this.#db.exec("COMMIT");
    } catch (error) {
      throw storeError(error);
    }
  }

  /** Does nothing after a commit, nor where SQLite has rolled back by itself. */
  #rollBack(): void {
    if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
  }

  #assertSameStore(): void {
    const version = this.#readVersion();
    if (version === destroyedVersion) throw new SyncError("STORE_CLOSED");
    if (version !== this.#expectedVersion) throw new SyncError("STORE_NEWER");
    // What is written into a removed file is lost with the process.
    if (statSync(this.#path, { throwIfNoEntry: false })?.ino === this.#inode) return;
    throw new SyncError("STORE_UNREADABLE", { message: "The local store was removed while it was open." });
  }

  #readVersion(): number {
    return this.#version.get()?.["user_version"] as number;
  }
}
