import type { PoolClient } from "pg";
import { classifyDatabaseError } from "../db/classify-database-error.ts";

interface Collection {
  readonly userId: string;
  readonly dataType: number;
}

/** One kind of sweep: which collections have something to remove, and the function of 002 that removes a part of it. */
interface Sweep {
  readonly find: string;
  readonly step: "sweep_history" | "sweep_tombstones";
}

const pageSize = 500;

/** $1: replaced before this time. $2, $3: the collection after which to go on. */
export const historySweep: Sweep = {
  find: `select s.user_id as "userId", s.data_type as "dataType" from sync_data s
    where (s.user_id, s.data_type) > ($2::uuid, $3::smallint) and s.head > s.history_swept
      and version_at(s.user_id, s.data_type, $1) > s.history_swept
    order by s.user_id, s.data_type limit ${pageSize}`,
  step: "sweep_history",
};

/** $1: expired before this time. */
export const tombstoneSweep: Sweep = {
  find: `select distinct d.user_id as "userId", d.data_type as "dataType" from deleted_records d
    where d.expires_at < $1 and (d.user_id, d.data_type) > ($2::uuid, $3::smallint)
    order by 1, 2 limit ${pageSize}`,
  step: "sweep_tombstones",
};

export interface SweepResult {
  readonly purged: number;
  readonly skipped: number;
}

/** Collection by collection, in steps of at most `stepSize` that commit by themselves: each holds the lock for milliseconds. */
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
  step: Sweep["step"],
  { userId, dataType }: Collection,
  before: Date,
  limit: number,
): Promise<{ purged: number; isDone: boolean }> {
  const { rows } = await client.query<{ purged: number; isDone: boolean }>(
    `select purged::float8 as purged, is_done as "isDone" from ${step}($1, $2, $3, $4)`,
    [userId, dataType, before, limit],
  );
  return rows[0]!;
}
