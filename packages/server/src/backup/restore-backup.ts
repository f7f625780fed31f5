import { pipeline } from "node:stream/promises";
import pg, { type Pool, type PoolClient } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { applyMigration, createLedger } from "../db/migrate.ts";
import { type Migration, readMigrations } from "../db/migration-files.ts";
import { planMigrations } from "../db/plan-migrations.ts";
import { withTransaction } from "../db/with-transaction.ts";
import { OperatorError } from "../operator-error.ts";
import type { BackupHeader, BackupTable } from "./backup-format.ts";
import type { BackupReader } from "./backup-reader.ts";
import { clearSchema } from "./clear-schema.ts";
import { copySql, fixTextFormat } from "./copy-settings.ts";
import { countLines } from "./count-lines.ts";
import { readTables } from "./read-tables.ts";

/**
 * Replaces whatever the schema holds by the backup, in one transaction: until it commits the database is as it was. The
 * tables are made as the backup's release made them, filled, then brought to this release. Then a new epoch begins, so that
 * devices that were ahead of the backup notice and bring back what it lacks.
 */
export async function restoreBackup(
  pool: Pool,
  header: BackupHeader,
  reader: BackupReader,
  available: Migration[] = readMigrations(),
): Promise<void> {
  const pending = migrationsAfter(header, available);
  await withTransaction(pool, async (client) => {
    await fixTextFormat(client);
    await clearSchema(client);
    await client.query(createLedger);
    for (const migration of available.slice(0, available.length - pending.length))
      await applyMigration(client, migration);
    await emptyTables(client);
    for (const table of header.tables) await fillTable(client, table, reader);
    await reader.verifyEnd();
    await advanceSequences(client);
    for (const migration of pending) await applyMigration(client, migration);
    await client.query("select begin_epoch('restored', true)");
  });
  // Without statistics the first batches would meet bad plans.
  for (const { name } of header.tables) await pool.query(`analyze ${pg.escapeIdentifier(name)}`);
}

/** The backup's migrations must be a beginning of ours, file by file. */
function migrationsAfter(header: BackupHeader, available: Migration[]): Migration[] {
  const plan = planMigrations(header.migrations, available);
  if (plan.kind === "refuse") throw new OperatorError(`The backup does not fit this release. ${plan.reason}`);
  return plan.pending;
}

/** Migrations leave first rows behind, which the backup has too. */
async function emptyTables(client: PoolClient): Promise<void> {
  const tables = await readTables(client);
  if (tables.length === 0) return;
  await client.query(`truncate ${tables.map(({ name }) => client.escapeIdentifier(name)).join(", ")}`);
}

async function fillTable(client: PoolClient, table: BackupTable, reader: BackupReader): Promise<void> {
  let rows = 0;
  await pipeline(
    async function* () {
      for await (const lines of reader.readRows()) {
        rows += countLines(lines);
        yield lines;
      }
    },
    client.query(copyFrom(copySql(client, table, "from stdin"))),
  );
  if (rows !== table.rows) {
    throw new OperatorError(`The backup is damaged: ${table.name} should have ${table.rows} rows and has ${rows}.`);
  }
}

/** COPY gives identity columns their values without moving the sequences behind them. */
async function advanceSequences(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(`
    select c.relname as table, a.attname as column, pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'
      and pg_get_serial_sequence(quote_ident(c.relname), a.attname) is not null`);
  for (const { table, column, sequence } of rows) {
    const [tableName, columnName] = [client.escapeIdentifier(table), client.escapeIdentifier(column)];
    await client.query(`select setval($1, coalesce(max(${columnName}), 0) + 1, false) from ${tableName}`, [sequence]);
  }
}
