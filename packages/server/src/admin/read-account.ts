import type { AdminActivity, AdminCollection, AdminDevice } from "@owlivion/sync-protocol";
import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";

export async function readAccountDevices(client: Queryable, userId: string): Promise<AdminDevice[]> {
  const { rows } = await client.query<AdminDevice>(
    `select device_id, device_name, platform, ${instantSql("created_at")} as created_at,
       ${instantSql("last_seen_at")} as last_seen_at, ${instantSql("last_sync_at")} as last_sync_at,
       ${instantSql("revoked_at")} as revoked_at
     from devices where user_id = $1 order by devices.created_at, device_id`,
    [userId],
  );
  return rows;
}

/** One row for each data type with a collection or a blob. */
export async function readAccountCollections(client: Queryable, userId: string): Promise<AdminCollection[]> {
  const { rows } = await client.query<AdminCollection>(
    `select t.name as data_type, coalesce(s.head, 0)::float8 as head, coalesce(s.horizon, 0)::float8 as horizon,
       coalesce(s.history_horizon, 0)::float8 as history_horizon,
       coalesce(s.record_count, 0)::float8 as record_count, coalesce(s.tombstone_count, 0)::float8 as tombstone_count,
       coalesce(s.live_bytes, 0)::float8 as record_bytes,
       ${instantSql("case when s.head > 0 then s.last_changed_at end")} as last_changed_at,
       ${instantSql("s.last_sync_at")} as last_sync_at, s.proof_version::float8 as proof_version,
       b.version::float8 as blob_version, coalesce(octet_length(b.encrypted_blob), 0)::float8 as blob_bytes
     from data_types t
     left join sync_data s on s.user_id = $1 and s.data_type = t.data_type
     left join sync_blobs b on b.user_id = $1 and b.data_type = t.data_type
     where s.user_id is not null or b.user_id is not null
     order by t.name`,
    [userId],
  );
  return rows;
}

export async function readAccountActivity(client: Queryable, userId: string, limit: number): Promise<AdminActivity[]> {
  const { rows } = await client.query<AdminActivity>(
    `select ${instantSql("h.at")} as at, h.action, t.name as data_type, h.device_id, h.applied, h.conflicts
     from sync_history h left join data_types t on t.data_type = h.data_type
     where h.user_id = $1 order by h.entry desc limit $2`,
    [userId, limit],
  );
  return rows;
}
