import { limits, type Platform } from "@owlivion/sync-protocol";
import type { AccountTransaction, DeviceIntroduction } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";
import type { Auth } from "./auth.ts";
import { hashRefreshToken, newRefreshToken, type RefreshToken } from "./refresh-token.ts";

export const sessionsPerDevice = 5;

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
  { random, clock }: Pick<Auth, "random" | "clock">,
  tx: AccountTransaction,
  userId: string,
  device: DeviceIntroduction,
): Promise<StartedSession> {
  const nowMs = clock();
  if ((await tx.countOtherActiveDevices(userId, device.deviceId)) >= limits.maxDevicesPerAccount) {
    throw new ApiError("TOO_MANY_DEVICES");
  }
  await tx.upsertDevice(userId, device, nowMs);
  const session = {
    userId,
    deviceId: device.deviceId,
    sessionId: random.uuid(),
    refreshToken: newRefreshToken(random),
  };
  await tx.insertToken(session, hashRefreshToken(session.refreshToken), nowMs);
  await tx.endOldestSessions(userId, device.deviceId, sessionsPerDevice);
  return session;
}
