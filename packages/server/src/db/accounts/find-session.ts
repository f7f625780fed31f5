import type { Pool } from "pg";
import type { LiveSession, TokenOwner } from "./account-store.ts";

/**
 * The one query of every request: proves that the account is enabled, the device not revoked and the session not ended, so
 * that all three work on the next request (S42). Prepared once for each connection.
 */
export async function findLiveSession(pool: Pool, claims: TokenOwner): Promise<LiveSession | null> {
  const { rows } = await pool.query<LiveSession>({
    text: `select u.kind, u.key_epoch::float8 as "keyEpoch", u.incarnation
      from users u
      join devices d on d.user_id = u.user_id and d.device_id = $2
      where u.user_id = $1 and u.disabled_at is null and d.revoked_at is null
        and exists (
          select from refresh_tokens r where r.user_id = $1 and r.family_id = $3 and r.device_id = $2)`,
    values: [claims.userId, claims.deviceId, claims.sessionId],
  });
  return rows[0] ?? null;
}
