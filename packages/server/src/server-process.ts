import type { FastifyBaseLogger } from "fastify";
import type { ClientConfig } from "pg";
import { buildApp } from "./app.ts";
import type { Config } from "./config.ts";
import { awaitDatabase } from "./db/await-database.ts";
import { loadDataTypes } from "./db/data-types.ts";
import { migrate } from "./db/migrate.ts";
import { openDatabase } from "./db/open-database.ts";
import { createMaintenancePool, createPool } from "./db/pool.ts";
import type { Log } from "./log.ts";
import { loadSecrets } from "./secrets.ts";

export type ServerProcess = {
  /** Where it listens, as a URL. */
  address: string;
  /** Ends what is in flight, then the connections, then the embedded PostgreSQL. */
  stop(): Promise<void>;
  /** Cuts connections that are still open, so that `stop` comes to its end. */
  cutConnections(): void;
};

/** Everything from the settings to a listening server, in order; what was opened is closed again when a later step fails. */
export async function startServerProcess(config: Config, logger: FastifyBaseLogger): Promise<ServerProcess> {
  const closers: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
  };
  try {
    const secrets = loadSecrets(config);
    const database = await openDatabase(config, logger);
    closers.push(database.close);
    await prepareDatabase(database.connection, logger);

    const pool = createPool(config, database.connection, logger);
    closers.push(() => pool.end());
    const dataTypes = await loadDataTypes(pool, config.dataTypes);
    const context = { config, secrets, pool, connection: database.connection, dataTypes, log: logger };
    const app = await buildApp(context, { logger });
    closers.push(() => app.close());

    const address = await app.listen({ host: config.host, port: config.port });
    logger.info({ address, database: database.kind }, "Owlivion Sync is ready");
    return { address, stop, cutConnections: () => app.server.closeAllConnections() };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepareDatabase(connection: ClientConfig, log: Log): Promise<void> {
  const pool = createMaintenancePool(connection, log);
  try {
    await awaitDatabase(pool, log);
    await migrate(pool, { onApplied: ({ name }) => log.info({ migration: name }, "migrated the database") });
  } finally {
    await pool.end();
  }
}
