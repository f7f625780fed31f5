import type { Pool } from "pg";
import type { Config } from "../config/config.ts";
import { findPendingMigrations } from "../db/migrate.ts";
import { type Finding, ok, warn } from "./finding.ts";

type Facts = {
  version: string;
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  max_connections: number;
};

/** The server behind the connection: can it lose what it has acknowledged, has it room for our connections? */
export async function checkDatabase(pool: Pool, config: Config): Promise<Finding[]> {
  const { rows } = await pool.query<Facts>(`
    select current_setting('server_version') as version, current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes, current_setting('synchronous_commit') as synchronous_commit,
      current_setting('max_connections')::integer as max_connections`);
  const [facts] = rows;
  if (facts === undefined) return [];
  return [ok("database", `PostgreSQL ${facts.version}`), ...checkDurability(facts), ...checkConnections(facts, config)];
}

function checkDurability(facts: Facts): Finding[] {
  const unsafe = (["fsync", "full_page_writes", "synchronous_commit"] as const).filter((name) => facts[name] === "off");
  if (unsafe.length === 0) return [ok("durability", "a crash loses nothing that was acknowledged")];
  return unsafe.map((name) => warn("durability", `${name} is off: a crash can lose what was acknowledged`));
}

function checkConnections({ max_connections: most }: Facts, { databasePoolSize: ours }: Config): Finding[] {
  const message = `DATABASE_POOL_SIZE ${ours} of max_connections ${most}`;
  return [ours + 10 > most ? warn("connections", `${message}: little is left for others`) : ok("connections", message)];
}

export async function checkMigrations(pool: Pool): Promise<Finding[]> {
  const pending = await findPendingMigrations(pool);
  if (pending.length === 0) return [ok("schema", "at this release's schema")];
  return [warn("schema", `to be migrated: ${pending.map(({ name }) => name).join(", ")}; the server does so on start`)];
}
