import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startEmbeddedPostgres } from "@owlivion/sync-server/embedded-postgres";
import { type DataTypes, loadDataTypes, migrate, type Migration, readMigrations } from "@owlivion/sync-server/handlers";
import pg from "pg";
import { isSqlFile, type Mutant, mutate } from "../../mutants/mutant.ts";
import { simDataTypes } from "../memory-sim-server.ts";
import { virtualSql } from "./virtual-sql.ts";

export interface VirtualCluster {
  /** How to reach the database: one for each process that simulates. */
  readonly connection: pg.ClientConfig;
  readonly dataTypes: DataTypes;
  close(): Promise<void>;
}

const quiet = { debug() {}, info() {}, warn: console.warn, error: console.error };

/**
 * The embedded PostgreSQL, without fsync, migrated by the product's own migrations, in which time and chance are the
 * world's: `public` comes before `pg_catalog`, and has functions of the same names. So no statement of the product is
 * another than in production. A mutant of a migration is planted here.
 */
export async function openVirtualCluster(mutant: Mutant | null = null): Promise<VirtualCluster> {
  const dataDir = mkdtempSync(join(tmpdir(), "owlivion-sim-"));
  const settings = { fsync: "off", full_page_writes: "off", synchronous_commit: "off", max_connections: "60" };
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet as never, settings });
  const pool = new pg.Pool({ ...postgres.connection, max: 1 });
  await pool.query(`alter database "${postgres.connection.database}" set search_path = public, pg_catalog`);
  await pool.end();
  const migrated = new pg.Pool({ ...postgres.connection, max: 2 });
  await migrated.query(virtualSql);
  await migrate(migrated, { migrations: readMigrations().map((migration) => plant(migration, mutant)) });
  const dataTypes = await loadDataTypes(migrated, simDataTypes);
  await migrated.end();
  return {
    connection: postgres.connection,
    dataTypes,
    async close() {
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function plant(migration: Migration, mutant: Mutant | null): Migration {
  if (mutant === null || !isSqlFile(mutant) || basename(mutant.file) !== migration.name) return migration;
  return { ...migration, sql: mutate(mutant, migration.sql) };
}
