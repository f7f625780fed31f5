import type { Pool } from "pg";

/** Whether this role may read the cluster's identity; managed databases often forbid it. */
export async function canReadIdentity(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ can: boolean }>(
    `select has_function_privilege('pg_control_system()', 'execute')
      and has_function_privilege('pg_walfile_name(pg_lsn)', 'execute') and not pg_is_in_recovery() as can`,
  );
  return rows[0]?.can === true;
}

/**
 * Where this database is served for the first time its cluster is noted; where it has moved since (a restored dump, a
 * promoted replica) an epoch begins before anybody writes or reads.
 */
export async function settleIdentity(pool: Pool): Promise<void> {
  await pool.query(
    `update epochs e set system_identifier = i.system_identifier, timeline = i.timeline from cluster_identity() i
      where e.epoch_no = (select max(epoch_no) from epochs) and e.system_identifier is null`,
  );
  await pool.query(`${beginMovedSql} where e.system_identifier is not null and ${hasMoved}`);
}

const hasMoved = "(e.system_identifier, e.timeline) is distinct from (i.system_identifier, i.timeline)";
const current = "(select epoch, system_identifier, timeline from epochs order by epoch_no desc limit 1) e";
const beginMovedSql = `select begin_epoch('cluster', true, e.epoch, i.system_identifier, i.timeline)
  from ${current} cross join cluster_identity() i`;

/**
 * Begins an epoch unless `expected` is not the current one any more. When the database has moved to another cluster or
 * timeline nothing was written since, for every batch compares first: the heads are exact. Otherwise the cut was found
 * too late to know.
 */
export async function beginEpoch(pool: Pool, expected: string, hasIdentity: boolean): Promise<void> {
  if (hasIdentity) {
    await pool.query(
      `select begin_epoch(case when moved then 'cluster' else 'lineage' end, moved, $1, system_identifier, timeline)
        from (select i.system_identifier, i.timeline, e.system_identifier is not null and ${hasMoved} as moved
          from ${current} cross join cluster_identity() i) x`,
      [expected],
    );
  } else {
    await pool.query("select begin_epoch('lineage', false, $1)", [expected]);
  }
}
