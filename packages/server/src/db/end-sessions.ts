import type { PoolClient } from "pg";

// A session lives while it has a row in refresh_tokens. All of these run under the lock of the user.

export async function endSession(client: PoolClient, userId: string, sessionId: string): Promise<void> {
  await client.query("delete from refresh_tokens where user_id = $1 and family_id = $2", [userId, sessionId]);
}

export async function endSessionsOfDevice(client: PoolClient, userId: string, deviceId: string): Promise<void> {
  await client.query("delete from refresh_tokens where user_id = $1 and device_id = $2", [userId, deviceId]);
}

export async function endAllSessions(client: PoolClient, userId: string): Promise<void> {
  await client.query("delete from refresh_tokens where user_id = $1", [userId]);
}

/** Every session of the account but one; answers those that ended. */
export async function endOtherSessions(client: PoolClient, userId: string, keep: string): Promise<string[]> {
  const { rows } = await client.query<{ family_id: string }>(
    `with gone as (delete from refresh_tokens where user_id = $1 and family_id <> $2 returning family_id)
     select distinct family_id from gone`,
    [userId, keep],
  );
  return rows.map((row) => row.family_id);
}

/** Keeps the newest sessions of a device. */
export async function endOldestSessions(
  client: PoolClient,
  userId: string,
  deviceId: string,
  keep: number,
): Promise<void> {
  await client.query(
    `delete from refresh_tokens r
     using (
       select family_id from refresh_tokens where user_id = $1 and device_id = $2
       group by family_id order by max(issued_at) desc, family_id offset $3) old
     where r.user_id = $1 and r.family_id = old.family_id`,
    [userId, deviceId, keep],
  );
}
