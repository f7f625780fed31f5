import type { Pool, PoolClient } from "pg";
import { withTransaction } from "../db/pool.ts";

const rowsAtOnce = 1000;

/**
 * A step for each thousand rows, every one under the collection's lock, in the order of their versions: a step that began
 * at the front again would meet what the ones before it deleted. The last takes the collection's row.
 */
export async function eraseCollection(pool: Pool, userId: string, dataType: number): Promise<void> {
  const step = <T>(work: (client: PoolClient) => Promise<T>) =>
    withTransaction(pool, async (client) => {
      await lockCollection(client, userId, dataType);
      await pinPlans(client);
      return await work(client);
    });
  const eraseAfter = async (client: PoolClient, rows: string, after: number): Promise<number | null> => {
    const { rows: gone } = await client.query<{ last: number | null }>(rows, [userId, dataType, after, rowsAtOnce]);
    return gone[0]?.last ?? null;
  };
  do {
    for (const rows of someRows) {
      let last: number | null = 0;
      while (last !== null) last = await step((client) => eraseAfter(client, rows, last ?? 0));
    }
  } while (!(await step((client) => finish(client))));

  /** False when something was written meanwhile. */
  async function finish(client: PoolClient): Promise<boolean> {
    for (const rows of someRows) if ((await eraseAfter(client, rows, 0)) !== null) return false;
    await deleteCollection(client, userId, dataType);
    return true;
  }
}

async function lockCollection(client: PoolClient, userId: string, dataType: number): Promise<void> {
  await client.query("select from sync_data where user_id = $1 and data_type = $2 for update", [userId, dataType]);
}

/** Until the transaction ends: every step would otherwise find all that is left, or read the table, to take a part of it. */
async function pinPlans(client: PoolClient): Promise<void> {
  await client.query(`select set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
      set_config('enable_sort', 'off', true)`);
}

/** Each repeats the predicate of the index that it is to use, and answers the last version it removed. */
const someRows = [
  removeSome("sync_data_changes", "version", "superseded_version is null"),
  removeSome("sync_data_changes", "version", "superseded_at is not null"),
  removeSome("deleted_records", "version", "version > 0"),
  removeSome("sync_batches", "head_after", "head_after > 0"),
];

function removeSome(table: string, version: string, predicate: string): string {
  return `with gone as (
      delete from ${table} where ctid = any(array(
        select ctid from ${table}
        where user_id = $1 and data_type = $2 and ${predicate} and ${version} > $3 order by ${version} limit $4))
      returning ${version} as version)
    select max(version)::float8 as last from gone`;
}

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
