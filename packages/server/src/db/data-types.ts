import type { Pool } from "pg";
import { ApiError } from "../errors.ts";

/** The configured data types and the numbers they have in the tables. */
export class DataTypes {
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(numbers: ReadonlyMap<string, number>) {
    this.#numbers = numbers;
  }

  get names(): string[] {
    return [...this.#numbers.keys()];
  }

  /** The table number of a data type; INVALID_DATA_TYPE when the server is not configured for it. */
  numberOf(name: string): number {
    const number = this.#numbers.get(name);
    if (number === undefined) {
      throw new ApiError("INVALID_DATA_TYPE", { details: { data_types: this.names } });
    }
    return number;
  }

  nameOf(number: number): string | undefined {
    for (const [name, n] of this.#numbers) if (n === number) return name;
    return undefined;
  }
}

/** Makes rows for data types that are configured for the first time. */
export async function loadDataTypes(pool: Pool, names: readonly string[]): Promise<DataTypes> {
  await pool.query(
    "insert into data_types (name) select n from unnest($1::text[]) n where not exists (select 1 from data_types t where t.name = n) on conflict do nothing",
    [names],
  );
  const { rows } = await pool.query<{ data_type: number; name: string }>(
    "select data_type, name from data_types where name = any($1::text[])",
    [names],
  );
  const byName = new Map(rows.map((row) => [row.name, row.data_type]));
  return new DataTypes(new Map(names.flatMap((name) => (byName.has(name) ? [[name, byName.get(name)!]] : []))));
}
