import { tableNames, type TableName, type Tables } from "../../../../packages/client/src/store/rows.ts";

type Row = Tables[TableName];

/** What a transaction has written, in its order; undefined: deleted. */
export class Writes {
  readonly list: { readonly table: TableName; readonly key: string; readonly row: Row | undefined }[] = [];

  of<T extends TableName>(table: T): { readonly key: string; readonly row: Tables[T] | undefined }[] {
    return this.list.filter((each) => each.table === table) as never;
  }

  touches(table: TableName): boolean {
    return this.list.some((each) => each.table === table);
  }
}

/** A device's committed rows, as the commits told them: what the oracles look at without asking the store. */
export class Mirror {
  #tables = new Map<TableName, Map<string, Row>>(tableNames.map((name) => [name, new Map()]));

  get<T extends TableName>(table: T, key: string): Tables[T] | undefined {
    return this.#tables.get(table)!.get(key) as Tables[T] | undefined;
  }

  all<T extends TableName>(table: T): Tables[T][] {
    return [...this.#tables.get(table)!.values()] as Tables[T][];
  }

  apply(writes: Writes): void {
    for (const { table, key, row } of writes.list) {
      if (row === undefined) this.#tables.get(table)!.delete(key);
      else this.#tables.get(table)!.set(key, row);
    }
  }

  clear(): void {
    for (const table of this.#tables.values()) table.clear();
  }

  copy(): Mirror {
    const copy = new Mirror();
    copy.replaceBy(this);
    return copy;
  }

  replaceBy(other: Mirror): void {
    this.#tables = new Map([...other.#tables].map(([name, rows]) => [name, new Map(rows)]));
  }
}
