import type { ClientBase, Pool, PoolClient } from "pg";
import { OperatorError } from "../operator-error.ts";
import { describeSqlFailure } from "./describe-sql-failure.ts";
import { type Migration, readMigrations } from "./migration-files.ts";
import { type AppliedMigration, planMigrations } from "./plan-migrations.ts";

/** One lock for all who migrate this database; the number is arbitrary, and ours. */
export const migrationLock = 7_305_802_604;

/** What would run on this database now. Throws when this code must not touch it. Writes nothing. */
export async function findPendingMigrations(pool: Pool, available = readMigrations()): Promise<Migration[]> {
  const client = await pool.connect();
  try {
    return pendingOrRefuse(await readApplied(client), available);
  } finally {
    client.release();
  }
}

/**
 * Runs what is pending, each file in a transaction of its own under a lock, and returns the files it ran. Of two processes
 * that start together one runs a file and the other finds it done: the plan is made anew under the lock, file by file.
 */
export async function migrate(pool: Pool, options: MigrateOptions = {}): Promise<Migration[]> {
  const available = options.migrations ?? readMigrations();
  const done: Migration[] = [];
  for (;;) {
    const client = await pool.connect();
    try {
      const migration = await applyNext(client, available);
      client.release();
      if (migration === null) return done;
      done.push(migration);
      options.onApplied?.(migration);
    } catch (error) {
      client.release(true); // In mid-transaction: the connection goes, and PostgreSQL rolls back.
      throw error;
    }
  }
}

export type MigrateOptions = { migrations?: Migration[]; onApplied?: (migration: Migration) => void };

async function applyNext(client: PoolClient, available: Migration[]): Promise<Migration | null> {
  await client.query("begin isolation level read committed"); // What it waited for must be visible.
  await client.query("set local statement_timeout = 0; set local lock_timeout = 0");
  await client.query("select pg_advisory_xact_lock($1)", [migrationLock]);
  await client.query("set local lock_timeout = '60s'"); // A table somebody holds must not block the start for ever.
  const next = pendingOrRefuse(await readApplied(client), available)[0];
  if (next === undefined) {
    await client.query("rollback");
    return null;
  }
  await client.query(createLedger);
  await applyMigration(client, next);
  await client.query("commit");
  return next;
}

/** Runs one file inside the caller's transaction. */
export async function applyMigration(client: PoolClient, migration: Migration): Promise<void> {
  try {
    await client.query(migration.sql);
    await recordApplied(client, migration);
  } catch (error) {
    throw new OperatorError(
      `Migration ${migration.name} failed: ${describeSqlFailure(error, migration.sql)}\n` +
        "Nothing of this file was applied, and the files before it stay. Settle the cause, then run `owlivion-sync migrate` again.",
      { cause: error },
    );
  }
}

function pendingOrRefuse(applied: AppliedMigration[], available: Migration[]): Migration[] {
  const plan = planMigrations(applied, available);
  if (plan.kind === "refuse") throw new OperatorError(plan.reason);
  return plan.pending;
}

export const createLedger = `
  create table if not exists schema_migrations (
    version integer primary key,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default clock_timestamp()
  );
  comment on table schema_migrations is 'The migrations this database has had, with the SHA-256 of each file as it ran';
`;

/** Not to_regclass: it answers from a cache, which a wait for an advisory lock does not refresh. */
const selectLedger =
  "select from pg_class where relname = 'schema_migrations' and relnamespace = current_schema()::regnamespace";

/** The migrations this database has had; none when it was never migrated. */
export async function readApplied(client: ClientBase): Promise<AppliedMigration[]> {
  const ledger = await client.query(selectLedger);
  if (ledger.rowCount === 0) return [];
  const sql = "select version, name, checksum from schema_migrations order by version";
  return (await client.query<AppliedMigration>(sql)).rows;
}

async function recordApplied(client: PoolClient, { version, name, checksum }: Migration): Promise<void> {
  const sql = "insert into schema_migrations (version, name, checksum) values ($1, $2, $3)";
  await client.query(sql, [version, name, checksum]);
}
