import type { IDBPDatabase } from "idb";

/** Steps of the local schema; one that was released is never changed. Their number is the database's version. */
export type Migration = (db: IDBPDatabase) => void;

/** What belongs to the browser, beside the tables: the protector's key. */
export const deviceTable = "device";

export const migrations: readonly Migration[] = [createTables, createDeviceTable];

function createTables(db: IDBPDatabase): void {
  for (const table of ["records", "views", "outbox", "marks", "batches", "collections", "conflicts", "meta"]) {
    db.createObjectStore(table, { keyPath: "key" });
  }
}

function createDeviceTable(db: IDBPDatabase): void {
  db.createObjectStore(deviceTable);
}
