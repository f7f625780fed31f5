import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { ClientConfig } from "pg";
import { buildApp } from "./app.ts";
import type { Config } from "./config/config.ts";
import { awaitDatabase } from "./db/await-database.ts";
import { findChangedSecrets } from "./db/compare-secrets.ts";
import { loadDataTypes } from "./db/data-types.ts";
import { migrate } from "./db/migrate.ts";
import { openDatabase } from "./db/open-database.ts";
import { createMaintenancePool, createPool } from "./db/pool.ts";
import { errorCode } from "./error-code.ts";
import type { Log } from "./log.ts";
import { OperatorError } from "./operator-error.ts";
import { loadSecrets } from "./config/secrets.ts";
import { findWebApp } from "./web/find-web-app.ts";

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
  const stop = () => closeAll(closers, logger);
  try {
    const secrets = loadSecrets(config);
    const database = await openDatabase(config, logger);
    closers.push(database.close);
    await prepareDatabase(database.connection, logger);

    const pool = createPool(config, database.pooled, logger);
    closers.push(() => pool.end());
    const dataTypes = await loadDataTypes(pool, config.dataTypes);
    const changed = await findChangedSecrets(pool, secrets);
    if (changed.length > 0) logger.warn({ changed }, changedSecrets);
    const context = { config, secrets, pool, connection: database.connection, dataTypes, log: logger };
    const webAppDir = config.webApp === "on" ? await findWebApp(config.dataDir, logger) : null;
    const app = await buildApp(context, { logger, ...(webAppDir === null ? {} : { webAppDir }) });
    closers.push(() => app.close());

    const address = await listen(app, config);
    logger.info({ address, database: database.kind }, "Owlivion Sync is ready");
    return { address, stop, cutConnections: () => app.server.closeAllConnections() };
  } catch (error) {
    await stop();
    throw error;
  }
}

const changedSecrets =
  "this database was last served with other secrets. Another JWT_SECRET: access tokens are void, devices refresh and go on. " +
  "Another SERVER_SECRET: cursors are void, devices download again, and one whose refresh was under way may have to sign in. " +
  "Sessions go on: to end them, owlivion-sync user sign-out --all. " +
  "Processes that share a database must be given the same JWT_SECRET and SERVER_SECRET";

/** The last opened first. One that fails does not keep the others open: PostgreSQL, the last, must always be stopped. */
async function closeAll(closers: (() => Promise<unknown>)[], log: Log): Promise<void> {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) {
    try {
      await close();
    } catch (error) {
      log.error({ err: error }, "a part of the server did not close cleanly");
    }
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const reason = listenFailures[errorCode(error) ?? ""];
    if (reason === undefined) throw error;
    throw new OperatorError(`Cannot listen on ${host} port ${port}: ${reason}. Look at HOST and PORT.`, {
      cause: error,
    });
  }
}

const listenFailures: Readonly<Record<string, string>> = {
  EADDRINUSE: "something else does",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "this name has no address",
  EACCES: "this user may not",
};

async function prepareDatabase(connection: ClientConfig, log: Log): Promise<void> {
  const pool = createMaintenancePool(connection, log);
  try {
    await awaitDatabase(pool, log);
    await migrate(pool, { onApplied: ({ name }) => log.info({ migration: name }, "migrated the database") });
  } finally {
    await pool.end();
  }
}
