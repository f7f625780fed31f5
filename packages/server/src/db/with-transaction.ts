import type { Pool, PoolClient } from "pg";
import { classifyDatabaseError, isUnanswered } from "./classify-database-error.ts";

export type TransactionOptions = {
  /** How often it is run again when PostgreSQL rolled it back in favour of another (40001, 40P01). 0: never. */
  retries?: 0 | 1 | 2 | 3;
  /** null: `work` begins by itself, with its first statements. */
  begin?: null | "begin isolation level repeatable read read only" | "begin isolation level serializable";
};

/**
 * Runs `work` in a transaction of one connection. It commits when `work` returns; when `work` throws it rolls back, and that
 * error is the one thrown, whatever becomes of the rollback. A connection that broke never returns to the pool. With
 * `retries`, `work` must be repeatable.
 */
export async function withTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  for (let retriesLeft = options.retries ?? 0; ; retriesLeft--) {
    try {
      return await runOnce(
        pool,
        work,
        options.begin === undefined ? "begin isolation level read committed" : options.begin,
      );
    } catch (error) {
      if (retriesLeft === 0 || classifyDatabaseError(error) !== "retryable") throw error;
    }
  }
}

async function runOnce<T>(pool: Pool, work: (client: PoolClient) => Promise<T>, begin: string | null): Promise<T> {
  const client = await pool.connect();
  // PostgreSQL may end the connection between two queries, which is an event, not a failed query: unheard, it would end
  // the process. It says why (57P01, 25P03); the query after it only says that the connection is gone.
  let lost: Error | undefined;
  const onLost = (error: Error) => (lost ??= error);
  client.on("error", onLost);
  let isUsable = false;
  try {
    if (begin !== null) await client.query(begin);
    const result = await work(client);
    await commit(client);
    isUsable = true;
    return result;
  } catch (error) {
    isUsable = lost === undefined && !isUnanswered(error) && (await rollBack(client));
    throw lost !== undefined && classifyDatabaseError(error) === "unavailable" ? lost : error;
  } finally {
    client.release(!isUsable);
    client.off("error", onLost);
  }
}

/** COMMIT of a transaction in which a statement failed, and `work` went on, rolls back without an error. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query("commit");
  if (command !== "COMMIT") throw new Error("The transaction was rolled back: a statement in it had failed");
}

async function rollBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query("rollback");
    return true;
  } catch {
    return false; // The connection is destroyed, and PostgreSQL rolls back by itself.
  }
}
