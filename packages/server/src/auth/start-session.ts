import { randomUUID } from "node:crypto";
import { limits, type Platform } from "@owlivion/sync-protocol";
import type { PoolClient } from "pg";
import { endOldestSessions } from "../db/end-sessions.ts";
import { instantOf } from "../db/instant-of.ts";
import { ApiError } from "../errors.ts";
import { insertToken } from "./refresh-token-rows.ts";
import { hashRefreshToken, newRefreshToken, type RefreshToken } from "./refresh-token.ts";

export const sessionsPerDevice = 5;

/** How a device introduces itself, its id in lower case. */
export interface DeviceIntroduction {
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly platform: Platform | null;
}

export interface StartedSession {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  readonly refreshToken: RefreshToken;
}

export function introduce(body: { device_id: string; device_name?: string; platform?: Platform }): DeviceIntroduction {
  return {
    deviceId: body.device_id.toLowerCase(),
    deviceName: body.device_name ?? null,
    platform: body.platform ?? null,
  };
}

/**
 * Under the lock of the user. A revoked device becomes active again, with this session only: its old tokens went when it
 * was revoked.
 */
export async function startSession(
  client: PoolClient,
  userId: string,
  device: DeviceIntroduction,
  nowMs: number,
): Promise<StartedSession> {
  if ((await countOtherActiveDevices(client, userId, device.deviceId)) >= limits.maxDevicesPerAccount) {
    throw new ApiError("TOO_MANY_DEVICES");
  }
  await upsertDevice(client, userId, device, nowMs);
  const session = { userId, deviceId: device.deviceId, sessionId: randomUUID(), refreshToken: newRefreshToken() };
  await insertToken(client, session, hashRefreshToken(session.refreshToken), nowMs);
  await endOldestSessions(client, userId, device.deviceId, sessionsPerDevice);
  return session;
}

async function countOtherActiveDevices(client: PoolClient, userId: string, deviceId: string): Promise<number> {
  const { rows } = await client.query<{ devices: number }>(
    `select count(*)::int as devices from devices where user_id = $1 and device_id <> $2 and revoked_at is null`,
    [userId, deviceId],
  );
  return rows[0]?.devices ?? 0;
}

async function upsertDevice(
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
