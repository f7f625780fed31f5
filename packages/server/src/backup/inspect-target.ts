import type { Pool } from "pg";

/** What a restore would meet: nothing; a migrated database without accounts; one with accounts; or somebody else's tables. */
export type RestoreTarget = "blank" | "without accounts" | "with accounts" | "foreign";

export async function inspectTarget(pool: Pool): Promise<RestoreTarget> {
  const { rows } = await pool.query<{ tables: number; ledger: boolean; users: boolean }>(`
    select count(*)::integer as tables,
      coalesce(bool_or(c.relname = 'schema_migrations'), false) as ledger,
      coalesce(bool_or(c.relname = 'users'), false) as users
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')`);
  const found = rows[0] ?? { tables: 0, ledger: false, users: false };
  if (found.tables === 0) return "blank";
  if (!found.ledger) return "foreign";
  if (!found.users) return "without accounts";
  const accounts = await pool.query("select from users limit 1");
  return accounts.rowCount === 0 ? "without accounts" : "with accounts";
}

/** How many servers are connected: their requests would fail in the middle of a restore. */
export async function countServers(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ servers: number }>(
    "select count(*)::integer as servers from pg_stat_activity where datname = current_database() and application_name = 'owlivion-sync events'",
  );
  return rows[0]?.servers ?? 0;
}
