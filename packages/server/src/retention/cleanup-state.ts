import type { PoolClient } from "pg";
import type { CleanupReport } from "./cleanup-report.ts";
import type { RunState } from "./judge-run.ts";

const millis = (expression: string) => `floor(extract(epoch from ${expression}) * 1000)::float8`;

/** By PostgreSQL's clock, which is also what stamped the rows. */
export async function readNow(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ now: number }>(`select ${millis("clock_timestamp()")} as now`);
  return rows[0]!.now;
}

export async function readRunState(client: PoolClient): Promise<RunState> {
  const { rows } = await client.query<RunState>(
    `select ${millis("c.last_run_at")} as "lastRunAt", ${millis("c.suspect_since")} as "suspectSince",
       (select ${millis("e.began_at")} from epochs e where e.reason <> 'created'
         order by e.epoch_no desc limit 1) as "epochBeganAt"
     from cleanup_state c`,
  );
  return rows[0]!;
}

export async function writeRunState(
  client: PoolClient,
  now: number,
  suspectSince: number | null,
  report: CleanupReport,
): Promise<void> {
  await client.query(
    `update cleanup_state set last_run_at = to_timestamp($1::float8 / 1000),
       suspect_since = to_timestamp($2::float8 / 1000), report = $3`,
    [now, suspectSince, JSON.stringify(report)],
  );
}
