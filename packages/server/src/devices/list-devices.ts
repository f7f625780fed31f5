import { platforms, type Device, type Platform } from "@owlivion/sync-protocol";
import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";
import { maskDeviceId } from "./mask-device-id.ts";

export interface DeviceRow {
  id: string;
  device_id: string;
  device_name: string | null;
  platform: string;
  last_sync_at: string | null;
  last_seen_at: string | null;
  created_at: string;
  is_active: boolean;
}

/** The account's devices, revoked ones too, oldest first. */
export async function listDevices(client: Queryable, userId: string, currentDeviceId: string): Promise<Device[]> {
  const rows = await findDevices(client, userId);
  return rows.map((row) => ({
    id: row.id,
    device_id: row.device_id,
    device_id_masked: maskDeviceId(row.device_id),
    device_name: row.device_name,
    platform: readPlatform(row.platform),
    last_sync_at: row.last_sync_at,
    last_seen_at: row.last_seen_at,
    created_at: row.created_at,
    is_active: row.is_active,
    is_current: row.device_id === currentDeviceId,
  }));
}

/** The same as rows, for the operator too. */
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

const readPlatform = (text: string): Platform => platforms.find((platform) => platform === text) ?? "other";
