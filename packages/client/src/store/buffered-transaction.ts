import type { TableName, Tables } from "./rows.ts";
import type { KeyRange, WriteTransaction } from "./store.ts";

type Row = Tables[TableName];
type Known = Map<string, Row | undefined>;

/**
 * A transaction for work on many rows one after the other: what it will read can be read at once, and what it writes is
 * written at once, by `flush`. Between the two it answers from memory. Where each step is a message to another process, as in a
 * browser, that is most of the time. Rows are not copied: who uses it changes none that it read or wrote.
 */
export class BufferedTransaction implements WriteTransaction {
  readonly #tx: WriteTransaction;
  readonly #known = new Map<TableName, Known>();
  readonly #empty = new Map<TableName, string>();
  readonly #unwritten = new Map<TableName, Set<string>>();

  constructor(tx: WriteTransaction) {
    this.#tx = tx;
  }

  /** Reads ahead what is not known yet. */
  async load(table: TableName, keys: readonly string[]): Promise<void> {
    const known = this.#knownOf(table);
    const empty = this.#empty.get(table);
    const wanted = [...new Set(keys)].filter(
      (key) => !known.has(key) && (empty === undefined || !key.startsWith(empty)),
    );
    if (wanted.length === 0) return;
    const rows = await this.#tx.getMany(table, wanted);
    wanted.forEach((key, i) => known.set(key, rows[i]));
  }

  /** Spares the reading of a table that has no such row. */
  async lookIfEmpty(table: TableName, prefix: string): Promise<void> {
    if ((await this.#tx.count(table, prefix)) === 0) this.#empty.set(table, prefix);
  }

  async get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined> {
    await this.load(table, [key]);
    return this.#knownOf(table).get(key) as Tables[T] | undefined;
  }

  async getMany<T extends TableName>(table: T, keys: readonly string[]): Promise<(Tables[T] | undefined)[]> {
    await this.load(table, keys);
    const known = this.#knownOf(table);
    return keys.map((key) => known.get(key) as Tables[T] | undefined);
  }

  async scan<T extends TableName>(table: T, range: KeyRange): Promise<Tables[T][]> {
    await this.flush();
    return await this.#tx.scan(table, range);
  }

  async count(table: TableName, prefix: string): Promise<number> {
    await this.flush();
    return await this.#tx.count(table, prefix);
  }

  async put<T extends TableName>(table: T, ...rows: readonly Tables[T][]): Promise<void> {
    for (const row of rows) this.#remember(table, row.key, row);
  }

  async delete(table: TableName, ...keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#remember(table, key, undefined);
  }

  /** Writes what was not written yet. Without it at the end nothing is. */
  async flush(): Promise<void> {
    const tables = [...this.#unwritten];
    this.#unwritten.clear();
    await Promise.all(
      tables.map(async ([table, keys]) => {
        const known = this.#knownOf(table);
        const rows = [...keys].flatMap((key) => known.get(key) ?? []);
        const gone = [...keys].filter((key) => known.get(key) === undefined);
        if (rows.length > 0) await this.#tx.put(table, ...rows);
        if (gone.length > 0) await this.#tx.delete(table, ...gone);
      }),
    );
  }

  #remember(table: TableName, key: string, row: Row | undefined): void {
    this.#knownOf(table).set(key, row);
    const keys = this.#unwritten.get(table);
    if (keys === undefined) this.#unwritten.set(table, new Set([key]));
    else keys.add(key);
  }

  #knownOf(table: TableName): Known {
    let known = this.#known.get(table);
    if (known === undefined) this.#known.set(table, (known = new Map()));
    return known;
  }
}
