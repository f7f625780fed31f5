import { statSync } from "node:fs";
import { mkdir, rm, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { SyncError } from "../../errors.ts";
import { eitherSignal } from "../abort.ts";
import { blobProtector } from "../blob-protector.ts";
import { tableNames, type TableName } from "../rows.ts";
import type * as store from "../store.ts";
import { ChangeWatch } from "./change-watch.ts";
import { loadKeyFile } from "./key-file.ts";
import { withLockFile } from "./lock-file.ts";
import { destroyedVersion, migrations as allMigrations, type Migration } from "./migrations.ts";
import { openDatabase, readVersion } from "./open-database.ts";
import { SqliteConnection } from "./sqlite-connection.ts";
import { storeError } from "./sqlite-error.ts";

/**
 * A store in a directory of its own, for Node. The directory is made with mode 0700 where it is missing, its files with 0600.
 * Several processes may use it at once.
 */
export function sqliteStore(directory: string): store.OpenStore {
  return () => openSqliteStore(directory);
}

/** With fewer migrations it is the store of an earlier version: for tests. */
export async function openSqliteStore(
  directory: string,
  migrations: readonly Migration[] = allMigrations,
): Promise<store.Store> {
  const files = filesIn(resolve(directory));
  try {
    await mkdir(files.directory, { recursive: true, mode: 0o700 });
    return await whileSettingUp(files, async () => {
      let db = await openDatabase(files.database, migrations);
      if (readVersion(db) === destroyedVersion) {
        // Whoever removed the store died before the end.
        db.close();
        await removeFiles(files);
        db = await openDatabase(files.database, migrations);
      }
      try {
        const protector = blobProtector(await loadKeyFile(files.key));
        return new SqliteStore(files, new SqliteConnection(db, files.database), protector);
      } catch (error) {
        db.close();
        throw error;
      }
    });
  } catch (error) {
    throw storeError(error);
  }
}

interface Files {
  readonly directory: string;
  readonly database: string;
  readonly key: string;
}

function filesIn(directory: string): Files {
  return { directory, database: join(directory, "store.db"), key: join(directory, "device.key") };
}

/** One opens or removes the files at a time. */
async function whileSettingUp<T>({ directory }: Files, work: () => Promise<T>): Promise<T> {
  const outcome = await withLockFile(join(directory, "setup.lock"), async () => ({ is: await work() }), { ms: 30_000 });
  return (outcome as { is: T }).is;
}

/** The lock files stay: they are empty, and others may be waiting on them. */
async function removeFiles({ database, key }: Files): Promise<void> {
  for (const file of [key, database, `${database}-wal`, `${database}-shm`]) await rm(file, { force: true });
}

class SqliteStore implements store.Store {
  readonly #files: Files;
  readonly #connection: SqliteConnection;
  readonly #listeners = new Set<(message: store.StoreMessage) => void>();
  readonly #watch: ChangeWatch;
  readonly #closing = new AbortController();
  readonly protector: store.Protector;

  constructor(files: Files, connection: SqliteConnection, protector: store.Protector) {
    this.#files = files;
    this.#connection = connection;
    this.protector = protector;
    this.#watch = new ChangeWatch(
      () => connection.dataVersion(),
      () => {
        for (const listener of this.#listeners) listener({ type: "unknown" });
      },
    );
  }

  async read<T>(tables: readonly TableName[], work: (tx: store.ReadTransaction) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return this.#connection.read(tables, work);
  }

  async write<T>(tables: readonly TableName[], work: (tx: store.WriteTransaction) => Promise<T>): Promise<T> {
    this.#assertOpen();
    return this.#connection.write(tables, work);
  }

  announce(message: store.StoreMessage): void {
    // Others notice the commits by themselves; only this one has none.
    if (message.type !== "wanted" || this.#closing.signal.aborted) return;
    this.#connection.writeSql("UPDATE bell SET rings = rings + 1").catch(() => {});
  }

  onMessage(listener: (message: store.StoreMessage) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#closing.signal.aborted) this.#watch.start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#watch.stop();
    };
  }

  async exclusively<T>(
    lock: store.LockName,
    work: () => Promise<T>,
    options: store.LockOptions = {},
  ): Promise<T | undefined> {
    this.#assertOpen();
    return withLockFile(join(this.#files.directory, `${lock}.lock`), work, {
      signal: eitherSignal(this.#closing.signal, options.signal),
      ifAvailable: options.ifAvailable === true,
    });
  }

  async estimate(): Promise<{ usedBytes: number; availableBytes: number }> {
    this.#assertOpen();
    const { database, directory } = this.#files;
    const usedBytes = [database, `${database}-wal`].reduce((sum, file) => sum + sizeOf(file), 0);
    const { bavail, bsize } = await statfs(directory);
    return { usedBytes, availableBytes: bavail * bsize };
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#end();
    await this.#connection.close();
  }

  /** Other handles notice it at their next transaction. A process that dies half-way leaves a store that the next one removes. */
  async destroy(): Promise<void> {
    this.#assertOpen();
    this.#end();
    try {
      await whileSettingUp(this.#files, async () => {
        const empty = tableNames.map((table) => `DELETE FROM ${table}`);
        await this.#connection.writeSql(...empty, `PRAGMA user_version = ${destroyedVersion}`);
        await this.#connection.close();
        await removeFiles(this.#files);
      });
    } catch (error) {
      throw storeError(error);
    }
  }

  #end(): void {
    this.#closing.abort(new SyncError("STORE_CLOSED"));
    this.#watch.stop();
    this.#listeners.clear();
  }

  #assertOpen(): void {
    if (this.#closing.signal.aborted) throw new SyncError("STORE_CLOSED");
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
