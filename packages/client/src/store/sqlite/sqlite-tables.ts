import type { DatabaseSync, StatementSync } from "node:sqlite";
import { tableNames, type TableName, type Tables } from "../rows.ts";
import type { KeyBounds } from "../key-bounds.ts";
import type { SyncTables } from "../table-transaction.ts";
import { encodeKey } from "./encode-key.ts";
import { decodeRow, encodeRow } from "./encode-row.ts";
import { storeError } from "./sqlite-error.ts";

/** The rows of one database; statements are prepared once. */
export class SqliteTables implements SyncTables {
  readonly #statements: Readonly<Record<TableName, Statements>>;

  constructor(db: DatabaseSync) {
    const entries = tableNames.map((table) => [table, prepareStatements(db, table)]);
    this.#statements = Object.fromEntries(entries) as Record<TableName, Statements>;
  }

  get<T extends TableName>(table: T, key: string): Tables[T] | undefined {
    const found = this.#run(table, ({ get }) => get.get(encodeKey(key)));
    return found === undefined ? undefined : (decodeRow(found["value"] as Uint8Array) as Tables[T]);
  }

  scan<T extends TableName>(table: T, { lower, upper }: KeyBounds, limit = -1): Tables[T][] {
    const found = this.#run(table, ({ scan, scanToEnd }) =>
      upper === null ? scanToEnd.all(encodeKey(lower), limit) : scan.all(encodeKey(lower), encodeKey(upper), limit),
    );
    return found.map(({ value }) => decodeRow(value as Uint8Array) as Tables[T]);
  }

  count(table: TableName, { lower, upper }: KeyBounds): number {
    const found = this.#run(table, ({ count, countToEnd }) =>
      upper === null ? countToEnd.get(encodeKey(lower)) : count.get(encodeKey(lower), encodeKey(upper)),
    );
    return found?.["rows"] as number;
  }

  put<T extends TableName>(table: T, row: Tables[T]): void {
    const value = encodeRow(row);
    this.#run(table, ({ put }) => put.run(encodeKey(row.key), value));
  }

  delete(table: TableName, key: string): void {
    this.#run(table, (statements) => statements.delete.run(encodeKey(key)));
  }

  #run<T>(table: TableName, step: (statements: Statements) => T): T {
    try {
      return step(this.#statements[table]);
    } catch (error) {
      throw storeError(error);
    }
  }
}

type Statements = Readonly<
  Record<"get" | "scan" | "scanToEnd" | "count" | "countToEnd" | "put" | "delete", StatementSync>
>;

function prepareStatements(db: DatabaseSync, table: TableName): Statements {
  return {
    get: db.prepare(`SELECT value FROM ${table} WHERE key = ?`),
    scan: db.prepare(`SELECT value FROM ${table} WHERE key >= ? AND key < ? ORDER BY key LIMIT ?`),
    scanToEnd: db.prepare(`SELECT value FROM ${table} WHERE key >= ? ORDER BY key LIMIT ?`),
    count: db.prepare(`SELECT count(*) AS rows FROM ${table} WHERE key >= ? AND key < ?`),
    countToEnd: db.prepare(`SELECT count(*) AS rows FROM ${table} WHERE key >= ?`),
    put: db.prepare(
      `INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    ),
    delete: db.prepare(`DELETE FROM ${table} WHERE key = ?`),
  };
}
