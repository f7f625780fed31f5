import { copyValue } from "./copy-value.ts";
import type { KeyBounds } from "./key-bounds.ts";
import { tableNames, type TableName, type Tables } from "./rows.ts";
import type { SyncTables } from "./table-transaction.ts";

type Row = Tables[TableName];

/** Tables in memory, in the order of their keys; rows are copied in and out. What was not kept can be undone. */
export class MemoryTables implements SyncTables {
  readonly #tables = new Map<TableName, MemoryTable>();
  #undo: (() => void)[] = [];

  constructor() {
    this.clear();
  }

  get<T extends TableName>(table: T, key: string): Tables[T] | undefined {
    return copyOut(this.#table(table).rows.get(key));
  }

  scan<T extends TableName>(table: T, bounds: KeyBounds, limit = Infinity): Tables[T][] {
    const { rows, keys } = this.#table(table);
    const [start, end] = places(keys, bounds);
    return keys.slice(start, Math.min(end, start + limit)).map((key) => copyOut<Tables[T]>(rows.get(key)) as Tables[T]);
  }

  count(table: TableName, bounds: KeyBounds): number {
    const [start, end] = places(this.#table(table).keys, bounds);
    return end - start;
  }

  put<T extends TableName>(table: T, row: Tables[T]): void {
    this.#replace(table, row.key, copyValue(row));
  }

  delete(table: TableName, key: string): void {
    this.#replace(table, key, undefined);
  }

  /** What was done since the last time stays. */
  keep(): void {
    this.#undo = [];
  }

  undo(): void {
    const undo = this.#undo;
    this.#undo = [];
    for (const step of undo.reverse()) step();
  }

  clear(): void {
    for (const name of tableNames) this.#tables.set(name, { rows: new Map(), keys: [] });
  }

  #replace(name: TableName, key: string, row: Row | undefined): void {
    const table = this.#table(name);
    const before = table.rows.get(key);
    set(table, key, row);
    this.#undo.push(() => set(table, key, before));
  }

  #table(name: TableName): MemoryTable {
    return this.#tables.get(name) as MemoryTable;
  }
}

interface MemoryTable {
  readonly rows: Map<string, Row>;
  readonly keys: string[];
}

function set({ rows, keys }: MemoryTable, key: string, row: Row | undefined): void {
  if (row !== undefined && !rows.has(key)) keys.splice(placeOf(keys, key), 0, key);
  if (row === undefined && rows.has(key)) keys.splice(placeOf(keys, key), 1);
  if (row === undefined) rows.delete(key);
  else rows.set(key, row);
}

function places(keys: readonly string[], { lower, upper }: KeyBounds): [start: number, end: number] {
  return [placeOf(keys, lower), upper === null ? keys.length : placeOf(keys, upper)];
}

/** Of the first key that is not less. */
function placeOf(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function copyOut<T extends Row>(row: Row | undefined): T | undefined {
  return row === undefined ? undefined : (copyValue(row) as T);
}
