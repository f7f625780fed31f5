import type { PoolClient } from "pg";
import { instantOf } from "../instant-of.ts";
import { instantSql } from "../instant-sql.ts";
import type { Queryable } from "../queryable.ts";
import type { DeviceIntroduction, DeviceRow } from "./account-store.ts";

export async function countOtherActiveDevices(client: PoolClient, userId: string, deviceId: string): Promise<number> {
  const { rows } = await client.query<{ devices: number }>(
    `select count(*)::int as devices from devices where user_id = $1 and device_id <> $2 and revoked_at is null`,
    [userId, deviceId],
  );
  return rows[0]?.devices ?? 0;
}

/** A revoked device becomes active again. */
export async function upsertDevice(
  client: PoolClient,
  userId: string,
  device: DeviceIntroduction,
  nowMs: number,
): Promise<void> {
  await client.query(
    `insert into devices (user_id, device_id, device_name, platform, last_seen_at)
     values ($1, $2, $3, coalesce($4, 'other'), ${instantOf("$5")})
     on conflict (user_id, device_id) do update set
       device_name = coalesce($3, devices.device_name), platform = coalesce($4, devices.platform),
       last_seen_at = excluded.last_seen_at, revoked_at = null`,
    [userId, device.deviceId, device.deviceName, device.platform, nowMs],
  );
}

export async function markDeviceRevoked(client: PoolClient, userId: string, deviceId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `update devices set revoked_at = coalesce(revoked_at, clock_timestamp()) where user_id = $1 and device_id = $2`,
    [userId, deviceId],
  );
  return rowCount === 1;
}

/** Revoked ones too, oldest first. */
export async function findDevices(client: Queryable, userId: string): Promise<DeviceRow[]> {
  const { rows } = await client.query<DeviceRow>(
    `select id, device_id, device_name, platform, ${instantSql("last_sync_at")} as last_sync_at,
       ${instantSql("last_seen_at")} as last_seen_at, ${instantSql("created_at")} as created_at,
       revoked_at is null as is_active
     from devices where user_id = $1 order by created_at, device_id`,
    [userId],
  );
  return rows;
}
