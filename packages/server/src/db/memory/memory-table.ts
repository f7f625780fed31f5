type Key = string | number;

/**
 * Rows by partition and key, such as an account's devices. A row is never changed, only replaced, so that a copy of the
 * maps is a copy of the table. Written by commits alone.
 */
export class MemoryTable<Row> {
  /** Not part of what a simulated promotion loses. */
  readonly isKept: boolean;
  #partitions = new Map<string, Map<Key, Row>>();

  constructor(isKept: boolean) {
    this.isKept = isKept;
  }

  get(partition: string, key: Key): Row | undefined {
    return this.#partitions.get(partition)?.get(key);
  }

  /** In no particular order. */
  rows(partition: string): Iterable<Row> {
    return this.#partitions.get(partition)?.values() ?? [];
  }

  entries(partition: string): Iterable<[Key, Row]> {
    return this.#partitions.get(partition)?.entries() ?? [];
  }

  partitions(): string[] {
    return [...this.#partitions.keys()].toSorted();
  }

  /** Answers what stood there before. */
  write(partition: string, key: Key, row: Row | undefined): Row | undefined {
    let rows = this.#partitions.get(partition);
    const before = rows?.get(key);
    if (row === undefined) {
      rows?.delete(key);
      if (rows?.size === 0) this.#partitions.delete(partition);
    } else {
      if (rows === undefined) this.#partitions.set(partition, (rows = new Map()));
      rows.set(key, row);
    }
    return before;
  }

  copy(): Map<string, Map<Key, Row>> {
    return new Map([...this.#partitions].map(([partition, rows]) => [partition, new Map(rows)]));
  }

  replaceAll(copy: ReadonlyMap<string, ReadonlyMap<Key, Row>>): void {
    this.#partitions = new Map([...copy].map(([partition, rows]) => [partition, new Map(rows)]));
  }
}
