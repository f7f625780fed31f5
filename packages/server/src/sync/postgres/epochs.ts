import type { Pool } from "pg";

/** Whether this role may read the cluster's identity; managed databases often forbid it. */
export async function canReadIdentity(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ can: boolean }>(
    `select has_function_privilege('pg_control_system()', 'execute')
      and has_function_privilege('pg_walfile_name(pg_lsn)', 'execute') and not pg_is_in_recovery() as can`,
  );
  return rows[0]?.can === true;
}

/** The first server on a database notes in which cluster it lives. */
export async function claimIdentity(pool: Pool): Promise<void> {
  await pool.query(
    `update epochs e set system_identifier = i.system_identifier, timeline = i.timeline from cluster_identity() i
      where e.epoch_no = (select max(epoch_no) from epochs) and e.system_identifier is null`,
  );
}

/**
 * Begins an epoch unless `expected` is not the current one any more. Where the database moved to another cluster or
 * timeline nothing was written since, so that the heads are exact; a broken lineage was found too late to know.
 */
export async function beginEpoch(
  pool: Pool,
  reason: "cluster" | "lineage",
  expected: string,
  hasIdentity: boolean,
): Promise<void> {
  await pool.query(
    hasIdentity
      ? `select begin_epoch($1, $2, $3, i.system_identifier, i.timeline) from cluster_identity() i`
      : "select begin_epoch($1, $2, $3)",
    [reason, reason === "cluster", expected],
  );
}
