import { formatInstant, platforms, type Device, type Micros, type Platform } from "@owlivion/sync-protocol";
import { microsOf } from "../db/micros-of.ts";
import type { Queryable } from "../db/queryable.ts";
import { maskDeviceId } from "./mask-device-id.ts";

interface DeviceRow {
  id: string;
  device_id: string;
  device_name: string | null;
  platform: string;
  last_sync_at: Micros | null;
  last_seen_at: Micros | null;
  created_at: Micros;
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
    last_sync_at: instantOrNull(row.last_sync_at),
    last_seen_at: instantOrNull(row.last_seen_at),
    created_at: formatInstant(row.created_at),
    is_active: row.is_active,
    is_current: row.device_id === currentDeviceId,
  }));
}

async function findDevices(client: Queryable, userId: string): Promise<DeviceRow[]> {
  const { rows } = await client.query<DeviceRow>(
    `select id, device_id, device_name, platform, ${microsOf("last_sync_at")} as last_sync_at,
       ${microsOf("last_seen_at")} as last_seen_at, ${microsOf("created_at")} as created_at,
       revoked_at is null as is_active
     from devices where user_id = $1 order by created_at, device_id`,
    [userId],
  );
  return rows;
}

const instantOrNull = (micros: Micros | null) => (micros === null ? null : formatInstant(micros));

const readPlatform = (text: string): Platform => platforms.find((platform) => platform === text) ?? "other";
