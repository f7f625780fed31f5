import type { Pool, PoolClient } from "pg";
import type { AppContext } from "../app-context.ts";
import { endSessionsOfDevice } from "../db/end-sessions.ts";
import { lockUser } from "../db/lock-user.ts";
import { withTransaction } from "../db/pool.ts";
import { ApiError } from "../errors.ts";
import type { RequestSession } from "../http/session.ts";

/** Ends every session of a device at once; doing it again changes nothing. */
export async function revokeDevice(context: AppContext, session: RequestSession, deviceId: string): Promise<void> {
  if (deviceId === session.deviceId) throw new ApiError("CANNOT_DELETE_CURRENT_DEVICE");
  if (!(await endDevice(context.pool, session.userId, deviceId))) throw new ApiError("DEVICE_NOT_FOUND");
  context.announcer.sessionEnded(session.userId, { deviceId });
}

/** The same without a session, for the operator. False when there is no such device. */
export async function endDevice(pool: Pool, userId: string, deviceId: string): Promise<boolean> {
  return await withTransaction(pool, async (client) => {
    await lockUser(client, userId);
    if (!(await markRevoked(client, userId, deviceId))) return false;
    await endSessionsOfDevice(client, userId, deviceId);
    return true;
  });
}

async function markRevoked(client: PoolClient, userId: string, deviceId: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `update devices set revoked_at = coalesce(revoked_at, clock_timestamp()) where user_id = $1 and device_id = $2`,
    [userId, deviceId],
  );
  return rowCount === 1;
}
