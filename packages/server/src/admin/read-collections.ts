import type { AdminLargeCollection } from "@owlivion/sync-protocol";
import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";

const collectionsListed = 100;

/** Rows of `v_delta_sync_stats`, the largest first. Chosen before the view counts batches, which it does for each row. */
export async function readCollections(client: Queryable): Promise<AdminLargeCollection[]> {
  const { rows } = await client.query<AdminLargeCollection>(
    `select s.user_id, u.email, s.data_type, s.head::float8 as head, s.horizon::float8 as horizon,
       s.history_horizon::float8 as history_horizon, s.record_count::float8 as record_count,
       s.tombstone_count::float8 as tombstone_count, s.live_bytes::float8 as record_bytes,
       s.kept_batches::float8 as kept_batches,
       ${instantSql("case when s.head > 0 then s.last_changed_at end")} as last_changed_at,
       ${instantSql("s.last_sync_at")} as last_sync_at
     from (select user_id, data_type from sync_data order by live_bytes desc, user_id, data_type limit $1) largest
     join data_types t on t.data_type = largest.data_type
     join v_delta_sync_stats s on s.user_id = largest.user_id and s.data_type = t.name
     join users u on u.user_id = s.user_id
     order by s.live_bytes desc, s.user_id, s.data_type`,
    [collectionsListed],
  );
  return rows;
}
