import type { ClientConfig } from "pg";
import type { Config } from "../config/config.ts";
import type { Log } from "../log.ts";
import { revealSecret } from "../config/secret.ts";
import { findRunningPostgres } from "./embedded/find-running-postgres.ts";
import { DataDirInUseError } from "./embedded/data-dir-lock.ts";
import { startEmbeddedPostgres } from "./embedded/start-embedded-postgres.ts";

export type OpenDatabase = {
  /** For what needs a session of its own: events, cleanup, migrations, commands. */
  connection: ClientConfig;
  /** For the pool that requests share; a pooler may stand between. */
  pooled: ClientConfig;
  kind: "external" | "embedded" | "embedded, of a running server";
  close(): Promise<void>;
};

type Where = Pick<Config, "databaseUrl" | "databaseDirectUrl" | "dataDir">;

/** DATABASE_URL, or the embedded PostgreSQL, started here and stopped by `close`. Nobody else may be using it. */
export async function openDatabase(
  { databaseUrl, databaseDirectUrl, dataDir }: Where,
  log: Log,
  options: { mustExist?: boolean } = {},
): Promise<OpenDatabase> {
  if (databaseUrl !== undefined) {
    const pooled = { connectionString: revealSecret(databaseUrl) };
    const connection = databaseDirectUrl === undefined ? pooled : { connectionString: revealSecret(databaseDirectUrl) };
    return { connection, pooled, kind: "external", close: async () => {} };
  }
  const { connection, stop } = await startEmbeddedPostgres({ dataDir, log, ...options });
  return { connection, pooled: connection, kind: "embedded", close: stop };
}

/** The same for a command, which may also work beside a running server, on that one's PostgreSQL. */
export async function joinDatabase(
  where: Where,
  log: Log,
  options: { mustExist?: boolean } = {},
): Promise<OpenDatabase> {
  try {
    return await openDatabase(where, log, options);
  } catch (error) {
    if (!(error instanceof DataDirInUseError)) throw error;
    const connection = await findRunningPostgres(where.dataDir);
    return { connection, pooled: connection, kind: "embedded, of a running server", close: async () => {} };
  }
}
