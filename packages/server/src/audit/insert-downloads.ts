import type { Pool } from "pg";

export interface Download {
  readonly userId: string;
  readonly deviceId: string;
  /** The data type's number in the tables. */
  readonly dataType: number;
  readonly action: "delta_download" | "blob_download";
  readonly rows: number;
  /** How long ago it was; the time of day is the database's. */
  readonly ageMs: number;
}

// The lock on the account keeps a row from outliving an account that is erased at this moment.
const statement = `
  with known as (
    select u.user_id from users u where u.user_id = any($1::uuid[]) for key share
  )
  insert into sync_history (user_id, device_id, data_type, action, at, applied)
  select d.user_id, d.device_id, d.data_type, d.action, clock_timestamp() - d.age_ms * interval '1 millisecond', d.n
  from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::text[], $5::float8[], $6::integer[])
    d(user_id, device_id, data_type, action, age_ms, n)
  join known using (user_id)`;

export async function insertDownloads(pool: Pool, downloads: readonly Download[]): Promise<void> {
  await pool.query(statement, [
    downloads.map((d) => d.userId),
    downloads.map((d) => d.deviceId),
    downloads.map((d) => d.dataType),
    downloads.map((d) => d.action),
    downloads.map((d) => d.ageMs),
    downloads.map((d) => d.rows),
  ]);
}
