import pg, { type ClientConfig, type Pool, type PoolClient } from "pg";
import type { Config } from "../config/config.ts";
import type { Log } from "../log.ts";
import { PoolExhaustedError } from "./pool-exhausted-error.ts";

export { classifyDatabaseError } from "./classify-database-error.ts";
export { withTransaction } from "./with-transaction.ts";

export type PoolSettings = Pick<
  Config,
  | "databasePoolSize"
  | "databasePoolWaitMs"
  | "databaseStatementTimeoutMs"
  | "databaseLockTimeoutMs"
  | "databaseIdleTransactionTimeoutMs"
>;

/**
 * A statement's own timeout ends it, and then its answer is due. This ends the wait when none can come, because the network
 * died, or when a COMMIT waits for a synchronous standby that is away: PostgreSQL sets that no limit.
 */
const answerGraceMs = 2_000;

/** The connections that requests share. */
export function createPool(settings: PoolSettings, connection: ClientConfig, log: Log): Pool {
  const pool = new BoundedPool({
    ...connection,
    max: settings.databasePoolSize,
    connectionTimeoutMillis: settings.databasePoolWaitMs,
    query_timeout: settings.databaseStatementTimeoutMs + answerGraceMs,
    keepAlive: true,
    onConnect: async (client) => {
      await refuseWhileCommitsWait(client, settings);
      await applySettings(client, settings);
    },
  });
  tellLostConnections(pool, log);
  return pool;
}

/** For migrations, backups and commands: no limits of time, and its statements are told apart in `pg_stat_activity`. */
export function createMaintenancePool(connection: ClientConfig, log: Log): Pool {
  const pool = new pg.Pool({
    ...connection,
    max: 2,
    application_name: "owlivion-sync-maintenance",
    keepAlive: true,
    onConnect: fixDefaults,
  });
  tellLostConnections(pool, log);
  return pool;
}

/**
 * An idle connection that dies takes nothing with it: the pool has dropped it, and opens another when asked. Unheard, the
 * event would end the process. A pool that is closing may see PostgreSQL close faster.
 */
function tellLostConnections(pool: Pool, log: Log): void {
  pool.on("error", (error) => {
    if (!pool.ending) log.warn({ err: error }, "an idle database connection was lost");
  });
}

/**
 * Whoever gives up on a COMMIT that waits for a synchronous standby leaves a backend behind, which waits on. There are no
 * more of them than a pool is large, or they would use up what PostgreSQL has. Those of the same role are visible to all.
 */
async function refuseWhileCommitsWait(client: pg.ClientBase, settings: PoolSettings): Promise<void> {
  const { rows } = await client.query<{ waiting: number }>(
    `select count(*)::integer as waiting from pg_stat_activity
      where usename = current_user and wait_event = 'SyncRep'
        and query_start < clock_timestamp() - make_interval(secs => $1)`,
    [settings.databaseStatementTimeoutMs / 1000],
  );
  const { waiting } = rows[0]!;
  if (waiting < settings.databasePoolSize) return;
  throw new PoolExhaustedError(new Error(`${waiting} commits wait for a synchronous standby`));
}

/**
 * By statement, not as start-up parameters, which PgBouncer refuses. Where that pools by transaction, its `connect_query`
 * sets the same for every connection it makes (docs/self-hosting.md).
 */
async function applySettings(client: pg.ClientBase, settings: PoolSettings): Promise<void> {
  await client.query(
    `select set_config('application_name', 'owlivion-sync', false),
            set_config('statement_timeout', $1, false),
            set_config('lock_timeout', $2, false),
            set_config('idle_in_transaction_session_timeout', $3, false)`,
    [
      settings.databaseStatementTimeoutMs,
      settings.databaseLockTimeoutMs,
      settings.databaseIdleTransactionTimeoutMs,
    ].map(String),
  );
  await fixDefaults(client);
}

/**
 * What a database or a role may set otherwise: the text that values are read from, and what a statement sees that had to
 * wait. Whether one may write stays the operator's to set: a database that is read-only answers so.
 */
async function fixDefaults(client: pg.ClientBase): Promise<void> {
  await client.query(
    `select set_config('timezone', 'UTC', false),
            set_config('datestyle', 'ISO', false),
            set_config('intervalstyle', 'postgres', false),
            set_config('bytea_output', 'hex', false),
            set_config('extra_float_digits', '1', false),
            set_config('default_transaction_isolation', 'read committed', false)`,
  );
}

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: unknown) => void,
) => void;

class BoundedPool extends pg.Pool {
  override connect(): Promise<PoolClient>;
  override connect(callback: ConnectCallback): void;
  override connect(callback?: ConnectCallback): Promise<PoolClient> | void {
    if (callback === undefined) return super.connect().catch((error: unknown) => Promise.reject(nameExhaustion(error)));
    return super.connect((error, client, done) => {
      callback(error === undefined ? undefined : nameExhaustion(error), client, done);
    });
  }
}

/** pg-pool tells this failure by its message only. A slow *new* connection has another message and stays what it is. */
function nameExhaustion<E>(error: E): E | PoolExhaustedError {
  const isExhaustion = error instanceof Error && error.message === "timeout exceeded when trying to connect";
  return isExhaustion ? new PoolExhaustedError(error) : error;
}
