import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";

/** Looks again every few milliseconds until it is so; the test's own timeout ends the wait. */
export async function waitUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5);
}

/** Waits until so many connections of this database wait for a lock. */
export async function waitForBlocked(pool: Pool, count = 1): Promise<void> {
  await waitUntil(async () => {
    const { rows } = await pool.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`,
    );
    return rows[0]!.n >= count;
  });
}
