import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";

export type ServerStats = {
  accounts: number;
  disabled_accounts: number;
  active_devices: number;
  sessions: number;
  database_bytes: number;
  epoch: string;
  epoch_began_at: string;
  last_cleanup_at: string | null;
  data_types: DataTypeStats[];
};

export type DataTypeStats = {
  data_type: string;
  collections: number;
  records: number;
  tombstones: number;
  record_bytes: number;
  blobs: number;
  blob_bytes: number;
  last_sync_at: string | null;
};

/** Sums over the counters that every batch keeps: its cost goes by accounts, not by records. */
export async function readStats(client: Queryable): Promise<ServerStats> {
  const { rows } = await client.query<Omit<ServerStats, "data_types">>(selectTotals);
  const [totals] = rows;
  if (totals === undefined) throw new Error("a select without a from gave no row");
  return { ...totals, data_types: (await client.query<DataTypeStats>(selectDataTypes)).rows };
}

const selectTotals = `
  select
    (select count(*) from users)::float8 as accounts,
    (select count(*) from users where disabled_at is not null)::float8 as disabled_accounts,
    (select count(*) from devices where revoked_at is null)::float8 as active_devices,
    (select count(distinct (user_id, family_id)) from refresh_tokens where expires_at > clock_timestamp())::float8 as sessions,
    pg_database_size(current_database())::float8 as database_bytes,
    (select epoch from epochs order by epoch_no desc limit 1) as epoch,
    (select ${instantSql("began_at")} from epochs order by epoch_no desc limit 1) as epoch_began_at,
    (select ${instantSql("last_run_at")} from cleanup_state) as last_cleanup_at`;

const selectDataTypes = `
  select t.name as data_type,
    coalesce(s.collections, 0)::float8 as collections,
    coalesce(s.records, 0)::float8 as records,
    coalesce(s.tombstones, 0)::float8 as tombstones,
    coalesce(s.bytes, 0)::float8 as record_bytes,
    coalesce(b.blobs, 0)::float8 as blobs,
    coalesce(b.bytes, 0)::float8 as blob_bytes,
    ${instantSql("s.last_sync_at")} as last_sync_at
  from data_types t
  left join (
    select data_type, count(*) as collections, sum(record_count) as records, sum(tombstone_count) as tombstones,
      sum(live_bytes) as bytes, max(last_sync_at) as last_sync_at
    from sync_data group by data_type) s using (data_type)
  left join (
    select data_type, count(*) as blobs, sum(octet_length(encrypted_blob)) as bytes
    from sync_blobs group by data_type) b using (data_type)
  order by t.name`;
