import type { Pool } from "pg";
import { type Finding, fail, ok, warn } from "./finding.ts";

type Times = { now_ms: number; newest_change_ms: number | null; last_cleanup_ms: number | null; suspect: boolean };

/** PostgreSQL's clock stamps the changes, and retention goes by it. */
export async function checkClock(pool: Pool, ourNowMs: () => number = Date.now): Promise<Finding[]> {
  const millis = (expression: string) => `extract(epoch from ${expression})::float8 * 1000`;
  const { rows } = await pool.query<Times>(
    `select ${millis("clock_timestamp()")} as now_ms, ${millis("max(s.last_changed_at)")} as newest_change_ms,
       (select ${millis("last_run_at")} from cleanup_state) as last_cleanup_ms,
       (select suspect_since is not null from cleanup_state) as suspect
     from sync_data s`,
  );
  const [times] = rows;
  return times === undefined ? [] : judgeClock(times, ourNowMs());
}

export function judgeClock(times: Times, ourNowMs: number): Finding[] {
  const findings: Finding[] = [];
  const skewMs = Math.abs(times.now_ms - ourNowMs);
  const skew = `this process and PostgreSQL differ by ${Math.round(skewMs)} ms`;
  findings.push(
    skewMs > 2000 ? warn("clock", `${skew}: tokens and stamps are compared across them`) : ok("clock", skew),
  );
  if (times.newest_change_ms !== null && times.newest_change_ms > times.now_ms + 60_000) {
    const at = new Date(times.newest_change_ms).toISOString();
    findings.push(
      fail("clock", `the newest change is stamped ${at}, in the future: the clock was ahead, or is behind now`),
    );
  }
  if (times.suspect)
    findings.push(warn("cleanup", "suspended, as the clock jumped: owlivion-sync cleanup --accept-clock"));
  const dayMs = 86_400_000;
  if (times.last_cleanup_ms === null) findings.push(warn("cleanup", "has never run"));
  else if (times.now_ms - times.last_cleanup_ms > 2 * dayMs) {
    findings.push(warn("cleanup", `ran last at ${new Date(times.last_cleanup_ms).toISOString()}`));
  }
  return findings;
}
