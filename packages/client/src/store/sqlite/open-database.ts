import { chmod } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { SyncError } from "../../errors.ts";
import { applicationId, destroyedVersion, migrations as allMigrations, type Migration } from "./migrations.ts";
import { createPrivateFile } from "./private-file.ts";
import { retryBusy } from "./retry-busy.ts";

/**
 * Opens the file and brings its schema up to date; one that is being removed is left as it is. Nobody else may be opening or
 * removing it meanwhile.
 */
export async function openDatabase(
  path: string,
  migrations: readonly Migration[] = allMigrations,
): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  await createPrivateFile(path);
  await chmod(path, 0o600);
  // A wait of SQLite's own would block the thread: see retryBusy.
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    await retryBusy(() => prepare(db, migrations), { ms: 10_000, pauseMs: 20 });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function readVersion(db: DatabaseSync): number {
  return pragma(db, "user_version");
}

function prepare(db: DatabaseSync, migrations: readonly Migration[]): void {
  const version = readVersion(db);
  if (version === destroyedVersion) return;
  if (version > migrations.length) throw new SyncError("STORE_NEWER");
  // A file of somebody else is left as it is.
  if (pragma(db, "schema_version") !== 0 && pragma(db, "application_id") !== applicationId) {
    throw new SyncError("STORE_UNREADABLE", { message: "The file is a database of something else." });
  }
  // Readers and the writer do not wait for each other; what is acknowledged has reached the disk.
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = FULL");
  for (const [at, migrate] of migrations.entries()) if (at >= version) inTransaction(db, migrate, at + 1);
}

function inTransaction(db: DatabaseSync, migrate: Migration, version: number): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    migrate(db);
    db.exec(`PRAGMA user_version = ${version}`);
    db.exec("COMMIT");
  } finally {
    if (db.isTransaction) db.exec("ROLLBACK");
  }
}

function pragma(db: DatabaseSync, name: "user_version" | "schema_version" | "application_id"): number {
  return db.prepare(`PRAGMA ${name}`).get()?.[name] as number;
}
