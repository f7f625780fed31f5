import type { PoolClient } from "pg";
import { classifyDatabaseError } from "../db/classify-database-error.ts";

interface Collection {
  readonly userId: string;
  readonly dataType: number;
}

/** One kind of sweep: which collections have something to remove, and the statement that removes at most $4 of it. */
interface Sweep {
  readonly find: string;
  readonly step: string;
}

const pageSize = 500;

/** $1: replaced before this time. $2, $3: the collection after which to go on. */
export const historySweep: Sweep = {
  find: `select s.user_id as "userId", s.data_type as "dataType" from sync_data s
    where (s.user_id, s.data_type) > ($2::uuid, $3::smallint) and s.head > s.history_swept
      and version_at(s.user_id, s.data_type, $1) > s.history_swept
    order by s.user_id, s.data_type limit ${pageSize}`,
  step: `select purged::float8 as purged, is_done as "isDone" from sweep_history($1, $2, $3, $4)`,
};

/** $1: expired before this time. */
export const tombstoneSweep: Sweep = {
  find: `select distinct d.user_id as "userId", d.data_type as "dataType" from deleted_records d
    where d.expires_at < $1 and (d.user_id, d.data_type) > ($2::uuid, $3::smallint)
    order by 1, 2 limit ${pageSize}`,
  step: `select purged::float8 as purged, is_done as "isDone" from sweep_tombstones($1, $2, $3, $4)`,
};

/**
 * $1: committed before this time. Oldest first, so that what is kept is always a collection's newest: a time between two
 * batches that are kept maps to its version, at any moment. The newest of those past their time stays: with it every later
 * time still maps, and a cursor at the head of a collection that rests for years still finds its lineage.
 */
export const batchSweep: Sweep = {
  find: `select s.user_id as "userId", s.data_type as "dataType" from sync_data s
    where (s.user_id, s.data_type) > ($2::uuid, $3::smallint)
      and (select bool_and(o.created_at < $1) and count(*) = 2 from (
        select b.created_at from sync_batches b
        where b.user_id = s.user_id and b.data_type = s.data_type and b.head_after > 0
        order by b.head_after limit 2) o)
    order by s.user_id, s.data_type limit ${pageSize}`,
  step: `with gone as (
      delete from sync_batches x where x.ctid = any(array(
        select p.place from (
          select o.place, lead(o.place) over oldest is not null
            and bool_and(o.created_at < $3) over (oldest rows between unbounded preceding and 1 following) as is_past
          from (
            select b.ctid as place, b.head_after, b.created_at from sync_batches b
            where b.user_id = $1 and b.data_type = $2 and b.head_after > 0
            order by b.head_after limit $4 + 1) o
          window oldest as (order by o.head_after)) p
        where p.is_past))
      returning 1)
    select count(*)::float8 as purged, count(*) < $4 as "isDone" from gone`,
};

export interface SweepResult {
  readonly purged: number;
  readonly skipped: number;
}

/** Collection by collection, in steps of at most `stepSize` that commit by themselves: each holds its locks for milliseconds. */
export async function sweepCollections(
  client: PoolClient,
  sweep: Sweep,
  before: Date,
  stepSize: number,
  signal: AbortSignal | undefined,
): Promise<SweepResult> {
  let purged = 0;
  let skipped = 0;
  let last: Collection = { userId: "00000000-0000-0000-0000-000000000000", dataType: -1 };
  for (;;) {
    const { rows } = await client.query<Collection>(sweep.find, [before, last.userId, last.dataType]);
    for (const collection of rows) {
      for (let isDone = false; !isDone && signal?.aborted !== true;) {
        try {
          const step = await sweepStep(client, sweep.step, collection, before, stepSize);
          purged += step.purged;
          isDone = step.isDone;
        } catch (error) {
          const failure = classifyDatabaseError(error);
          if (failure !== "timeout" && failure !== "retryable") throw error;
          skipped += 1;
          isDone = true;
        }
      }
    }
    if (rows.length < pageSize || signal?.aborted === true) return { purged, skipped };
    last = rows.at(-1)!;
  }
}

/** Outside a transaction the statement is one. */
async function sweepStep(
  client: PoolClient,
  step: string,
  { userId, dataType }: Collection,
  before: Date,
  limit: number,
): Promise<{ purged: number; isDone: boolean }> {
  const { rows } = await client.query<{ purged: number; isDone: boolean }>(step, [userId, dataType, before, limit]);
  return rows[0]!;
}
