import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Log } from "../log.ts";
import { OperatorError } from "../operator-error.ts";
import { classifyDatabaseError } from "./classify-database-error.ts";

const usualPatienceMs = 60_000;
const oldestMajor = 15;
const newestMajor = 18;

/** Waits for a database that is still starting (a whole stack does at once), and refuses one that cannot serve. */
export async function awaitDatabase(pool: Pool, log: Log, patienceMs = usualPatienceMs): Promise<void> {
  const { version, encoding } = await readServerFacts(pool, log, patienceMs);
  const major = Math.floor(version / 10_000);
  if (major < oldestMajor) {
    throw new OperatorError(`PostgreSQL ${major} is too old: this server needs ${oldestMajor} to ${newestMajor}.`);
  }
  if (major > newestMajor) log.warn({ major }, `PostgreSQL ${major} is newer than those this release was tested with`);
  if (encoding !== "UTF8") {
    throw new OperatorError(
      `The database has the encoding ${encoding}. Make one with: create database … encoding 'UTF8'`,
    );
  }
}

async function readServerFacts(
  pool: Pool,
  log: Log,
  patienceMs: number,
): Promise<{ version: number; encoding: string }> {
  for (let waitedMs = 0; ; waitedMs += 1000) {
    try {
      const sql =
        "select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding";
      const { rows } = await pool.query<{ version: number; encoding: string }>(sql);
      const [facts] = rows;
      if (facts !== undefined) return facts;
    } catch (error) {
      if (classifyDatabaseError(error) !== "unavailable") throw cannotUse(error);
      if (waitedMs >= patienceMs) throw cannotUse(error);
      if (waitedMs === 0) log.warn({ err: error }, "the database does not answer yet; trying for a minute");
    }
    await sleep(1000);
  }
}

function cannotUse(cause: unknown): OperatorError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OperatorError(`The database cannot be used: ${reason}. Look at DATABASE_URL and at its server.`, {
    cause,
  });
}
