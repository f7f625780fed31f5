import { platforms, type Device, type Platform } from "@owlivion/sync-protocol";
import type { AccountStore } from "../db/accounts/account-store.ts";
import type { RequestSession } from "../http/session.ts";
import { maskDeviceId } from "./mask-device-id.ts";

/** The account's devices, revoked ones too, oldest first. */
export async function listDevices(
  accounts: AccountStore,
  { userId, deviceId }: RequestSession,
): Promise<{ devices: Device[]; total: number; active: number }> {
  const rows = await accounts.listDevices(userId);
  const devices = rows.map((row) => ({
    id: row.id,
    device_id: row.device_id,
    device_id_masked: maskDeviceId(row.device_id),
    device_name: row.device_name,
    platform: readPlatform(row.platform),
    last_sync_at: row.last_sync_at,
    last_seen_at: row.last_seen_at,
    created_at: row.created_at,
    is_active: row.is_active,
    is_current: row.device_id === deviceId,
  }));
  return { devices, total: devices.length, active: devices.filter((device) => device.is_active).length };
}

const readPlatform = (text: string): Platform => platforms.find((platform) => platform === text) ?? "other";
