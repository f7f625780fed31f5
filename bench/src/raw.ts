import { int4Array, int8Array, textArray } from "@owlivion/sync-server/binary-arrays";
import type pg from "pg";
import type { BenchRecord } from "./payloads.ts";

// The floor: what PostgreSQL itself takes for the same rows, through the same driver, with binary parameters. The table
// has the least a sync server needs: its key, and a way to page by version.

export async function createRawTable(pool: pg.Pool): Promise<void> {
  await pool.query(`create table raw_records (
    user_id uuid not null, data_type smallint not null, record_id text collate "C" not null, version bigint not null,
    changed_at timestamptz not null, record_nonce bytea not null, record_checksum bytea not null, payload bytea not null,
    primary key (user_id, data_type, record_id));
    alter table raw_records alter payload set storage external;
    create unique index on raw_records (user_id, data_type, version)`);
}

const rows = `select $1::uuid as user_id, 1::smallint as data_type, c.id, c.version,
    substr($5::bytea, c.start + 1, 24) as nonce, substr($5::bytea, c.start + 25, 32) as checksum,
    substr($5::bytea, c.start + 57, c.length) as payload
  from unnest($2::text[], $3::int8[], $4::int4[], $6::int4[]) c(id, version, start, length)`;

const insertSql = `insert into raw_records
  select user_id, data_type, id, version, clock_timestamp(), nonce, checksum, payload from (${rows}) r`;

const updateSql = `update raw_records x
  set version = r.version, changed_at = clock_timestamp(), record_nonce = r.nonce, record_checksum = r.checksum,
    payload = r.payload
  from (${rows}) r where x.user_id = r.user_id and x.data_type = r.data_type and x.record_id = r.id`;

export class RawWriter {
  readonly #pool: pg.Pool;
  readonly #userId: string;
  #version = 0;

  constructor(pool: pg.Pool, userId: string) {
    this.#pool = pool;
    this.#userId = userId;
  }

  insert(records: readonly BenchRecord[]): Promise<unknown> {
    return this.#run("raw_insert", insertSql, records);
  }

  update(records: readonly BenchRecord[]): Promise<unknown> {
    return this.#run("raw_update", updateSql, records);
  }

  #run(name: string, text: string, records: readonly BenchRecord[]): Promise<unknown> {
    const bytes = Buffer.concat(records.flatMap(({ nonce, checksum, payload }) => [nonce, checksum, payload]));
    let start = 0;
    const starts = records.map(({ payload }) => (start += 56 + payload.length) - 56 - payload.length);
    const values = [
      this.#userId,
      textArray(records.map((record) => record.id)),
      int8Array(records.map(() => (this.#version += 1))),
      int4Array(starts),
      bytes,
      int4Array(records.map((record) => record.payload.length)),
    ];
    return this.#pool.query({ name, text, values });
  }
}

const pageSql = `select version, change_type, record_id, record_nonce, record_checksum, encrypted_record, device_id,
    changed_at
  from sync_data_changes
  where user_id = $1 and data_type = (select data_type from data_types where name = 'contacts')
    and superseded_version is null and version > $2
  order by version limit $3`;

/** The page's SELECT on the server's own table, fetched by the driver as rows of text, nothing parsed. */
export async function rawPage(pool: pg.Pool, userId: string, after: number, limit: number): Promise<number> {
  const { rows: page } = await pool.query<(string | null)[]>({
    name: "raw_page",
    text: pageSql,
    values: [userId, after, limit],
    rowMode: "array",
    types: { getTypeParser: () => (value: string) => value },
  });
  return page.length;
}
