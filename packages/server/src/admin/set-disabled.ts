import type { Pool } from "pg";
import { endAllSessions } from "../db/end-sessions.ts";
import { lockUser } from "../db/lock-user.ts";
import { withTransaction } from "../db/pool.ts";

/** Ends every session, and lets nobody sign in; what the account holds stays. Again changes nothing. */
export async function disableAccount(pool: Pool, userId: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    await lockUser(client, userId);
    await client.query("update users set disabled_at = coalesce(disabled_at, clock_timestamp()) where user_id = $1", [
      userId,
    ]);
    await endAllSessions(client, userId);
  });
}

/** False when there is nothing to go back to: the account is being erased. */
export async function enableAccount(pool: Pool, userId: string): Promise<boolean> {
  const sql = "update users set disabled_at = null where user_id = $1 and erasing_since is null";
  return (await pool.query(sql, [userId])).rowCount === 1;
}
