import type { Pool, PoolClient } from "pg";
import { withTransaction } from "../db/pool.ts";

const rowsAtOnce = 1000;

/** A step for each thousand rows, every one under the collection's lock; the last takes the collection's row. */
export async function eraseCollection(pool: Pool, userId: string, dataType: number): Promise<void> {
  while (!(await withTransaction(pool, (client) => eraseSome(client, userId, dataType))));
}

/** True when the collection is gone. */
async function eraseSome(client: PoolClient, userId: string, dataType: number): Promise<boolean> {
  await lockCollection(client, userId, dataType);
  await pinPlans(client);
  for (const rows of someRows) {
    const { rowCount } = await client.query(rows, [userId, dataType, rowsAtOnce]);
    if (rowCount !== null && rowCount > 0) return false;
  }
  await deleteCollection(client, userId, dataType);
  return true;
}

async function lockCollection(client: PoolClient, userId: string, dataType: number): Promise<void> {
  await client.query("select from sync_data where user_id = $1 and data_type = $2 for update", [userId, dataType]);
}

/** Until the transaction ends: every step would otherwise find all that is left, or read the table, to take a part of it. */
async function pinPlans(client: PoolClient): Promise<void> {
  await client.query("select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)");
}

/** Each repeats the predicate of the index that it is to use. */
const someRows = [
  `delete from sync_data_changes where ctid = any(array(
     select ctid from sync_data_changes
     where user_id = $1 and data_type = $2 and superseded_version is null limit $3))`,
  `delete from sync_data_changes where ctid = any(array(
     select ctid from sync_data_changes
     where user_id = $1 and data_type = $2 and superseded_at is not null limit $3))`,
  `delete from deleted_records where ctid = any(array(
     select ctid from deleted_records where user_id = $1 and data_type = $2 limit $3))`,
  `delete from sync_batches where ctid = any(array(
     select ctid from sync_batches where user_id = $1 and data_type = $2 and head_after > 0 limit $3))`,
] as const;

async function deleteCollection(client: PoolClient, userId: string, dataType: number): Promise<void> {
  await client.query("delete from sync_blobs where user_id = $1 and data_type = $2", [userId, dataType]);
  await client.query("delete from epoch_starts where user_id = $1 and data_type = $2", [userId, dataType]);
  await client.query("delete from sync_data where user_id = $1 and data_type = $2", [userId, dataType]);
}

/** The audit, which belongs to no collection's lock. */
export async function eraseHistory(pool: Pool, userId: string): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      `delete from sync_history where ctid = any(array(
         select ctid from sync_history where user_id = $1 limit $2))`,
      [userId, rowsAtOnce],
    );
    if (rowCount === 0) return;
  }
}
