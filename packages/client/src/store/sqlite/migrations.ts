import type { DatabaseSync } from "node:sqlite";

/** Steps of the local schema, each in a transaction of its own; one that was released is never changed. */
export type Migration = (db: DatabaseSync) => void;

/** What `user_version` says of a store that is being removed. */
export const destroyedVersion = -1;

/** "OWL1": tells a store from any other database. */
export const applicationId = 0x4f574c31;

export const migrations: readonly Migration[] = [createTables, createBell];

/**
 * With a row id, and the keys in an index of their own: rows have about 1 KiB, and as clustered rows they would make a tree of
 * little but inner pages, four times slower to fill.
 */
function createTables(db: DatabaseSync): void {
  db.exec(`PRAGMA application_id = ${applicationId}`);
  for (const table of ["records", "views", "outbox", "marks", "batches", "collections", "conflicts", "meta"]) {
    db.exec(`CREATE TABLE ${table} (key BLOB NOT NULL PRIMARY KEY, value BLOB NOT NULL)`);
  }
}

/** A commit that changes nothing is not noticed by other processes; this changes with every message that no row explains. */
function createBell(db: DatabaseSync): void {
  db.exec("CREATE TABLE bell (id INTEGER PRIMARY KEY CHECK (id = 1), rings INTEGER NOT NULL)");
  db.exec("INSERT INTO bell (id, rings) VALUES (1, 0)");
}
