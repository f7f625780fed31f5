import type { Pool } from "pg";
import { endAllSessions } from "../db/end-sessions.ts";
import { lockUser } from "../db/lock-user.ts";
import { withTransaction } from "../db/pool.ts";

/** Ends every session of an account, which may sign in again at once. */
export async function signOut(pool: Pool, userId: string): Promise<void> {
  await withTransaction(pool, async (client) => {
    await lockUser(client, userId);
    await endAllSessions(client, userId);
  });
}

export async function findSignedInAccounts(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ user_id: string }>("select distinct user_id from refresh_tokens");
  return rows.map((row) => row.user_id);
}
