import type { Pool, PoolClient } from "pg";

export async function markErasing(client: PoolClient, userId: string): Promise<void> {
  await client.query(
    `update users set disabled_at = coalesce(disabled_at, clock_timestamp()),
       erasing_since = coalesce(erasing_since, clock_timestamp())
     where user_id = $1`,
    [userId],
  );
}

export async function findErasing(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ user_id: string }>(
    "select user_id from users where erasing_since is not null order by user_id",
  );
  return rows.map((row) => row.user_id);
}

export async function findCollections(pool: Pool | PoolClient, userId: string): Promise<number[]> {
  const { rows } = await pool.query<{ data_type: number }>(
    `select data_type from sync_data where user_id = $1
     union select data_type from sync_blobs where user_id = $1`,
    [userId],
  );
  return rows.map((row) => row.data_type);
}

/**
 * The last step: with the user locked against every reference to it, no collection can come into being. False when one
 * has meanwhile. What the tables without a reference to the user still hold is little.
 */
export async function deleteUser(client: PoolClient, userId: string): Promise<boolean> {
  await client.query("select from users where user_id = $1 for update", [userId]);
  if ((await findCollections(client, userId)).length > 0) return false;
  for (const statement of leftovers) await client.query(statement, [userId]);
  return true;
}

const leftovers = [
  "delete from sync_data_changes where user_id = $1 and superseded_version is null",
  "delete from sync_data_changes where user_id = $1 and superseded_at is not null",
  "delete from deleted_records where user_id = $1",
  "delete from sync_batches where user_id = $1 and head_after > 0",
  "delete from sync_history where user_id = $1",
  "delete from invitations where used_by = $1", // it may name the address
  "delete from users where user_id = $1", // devices, sessions and keys go with it
] as const;
