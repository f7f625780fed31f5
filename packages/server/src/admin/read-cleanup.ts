import type { AdminCleanup } from "@owlivion/sync-protocol";
import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";

export async function readCleanup(client: Queryable): Promise<Omit<AdminCleanup, "schedule">> {
  const { rows } = await client.query<Omit<AdminCleanup, "schedule">>(
    `select ${instantSql("last_run_at")} as last_run_at, ${instantSql("suspect_since")} as suspect_since, report
     from cleanup_state`,
  );
  return rows[0] ?? { last_run_at: null, suspect_since: null, report: null };
}
