import type { AdminUnseenDevice } from "@owlivion/sync-protocol";
import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";

const devicesListed = 100;

export async function readUnseenDevices(
  client: Queryable,
  days: number,
): Promise<{ total: number; devices: AdminUnseenDevice[] }> {
  const isUnseen =
    "d.revoked_at is null and coalesce(d.last_seen_at, d.created_at) < clock_timestamp() - $1 * interval '1 day'";
  const { rows } = await client.query<AdminUnseenDevice>(
    `select d.user_id, u.email, d.device_id, d.device_name, d.platform, ${instantSql("d.created_at")} as created_at,
       ${instantSql("d.last_seen_at")} as last_seen_at
     from devices d join users u using (user_id) where ${isUnseen}
     order by coalesce(d.last_seen_at, d.created_at), d.user_id, d.device_id limit $2`,
    [days, devicesListed],
  );
  const { rows: counts } = await client.query<{ total: number }>(
    `select count(*)::float8 as total from devices d where ${isUnseen}`,
    [days],
  );
  return { total: counts[0]?.total ?? 0, devices: rows };
}
