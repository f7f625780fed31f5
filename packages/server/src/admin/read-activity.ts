import type { AdminRecentChange } from "@owlivion/sync-protocol";
import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";

const entries = 100;

/** What `v_recent_changes` holds of the last day, without naming a record. */
export async function readActivity(client: Queryable): Promise<AdminRecentChange[]> {
  const { rows } = await client.query<AdminRecentChange>(
    `select c.user_id, u.email, c.device_id, c.device_name, c.data_type, c.change_type, c.changes::float8 as changes,
       ${instantSql("c.last_changed_at")} as last_changed_at
     from (
       select user_id, device_id, device_name, data_type, change_type, count(*) as changes, max(changed_at) as last_changed_at
       from v_recent_changes
       group by user_id, device_id, device_name, data_type, change_type, date_trunc('minute', changed_at)
       order by last_changed_at desc, user_id, device_id, data_type, change_type limit $1) c
     left join users u using (user_id)
     order by c.last_changed_at desc, c.user_id, c.device_id, c.data_type, c.change_type`,
    [entries],
  );
  return rows;
}
