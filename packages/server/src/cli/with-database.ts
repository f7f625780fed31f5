import type { Pool } from "pg";
import { type Config, loadConfig } from "../config/config.ts";
import { awaitDatabase } from "../db/await-database.ts";
import { joinDatabase, type OpenDatabase, openDatabase } from "../db/open-database.ts";
import { createMaintenancePool } from "../db/pool.ts";
import { readEnvironment } from "../config/environment.ts";
import { commandLog } from "./command-log.ts";

export type CommandContext = { config: Config; pool: Pool; database: OpenDatabase };

type Options = {
  alone?: boolean;
  mayCreate?: boolean;
  /** How long a database that does not answer is waited for. */
  patienceMs?: number;
};

/**
 * Runs a command on the database the settings name. The embedded PostgreSQL is started for it, unless a server runs: then it
 * works on that one's, or refuses when it must be `alone`. A new cluster is made only by a command that `mayCreate` one.
 */
export async function withDatabase<T>(
  work: (context: CommandContext) => Promise<T>,
  { alone = false, mayCreate = false, patienceMs }: Options = {},
): Promise<T> {
  const config = loadConfig(readEnvironment().values);
  const open = alone ? openDatabase : joinDatabase;
  const database = await open(config, commandLog, { mustExist: !mayCreate });
  const interrupt = () => void database.close().finally(() => process.exit(130));
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const pool = createMaintenancePool(database.connection, commandLog);
    try {
      await awaitDatabase(pool, commandLog, patienceMs);
      return await work({ config, pool, database });
    } finally {
      await pool.end();
    }
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    await database.close();
  }
}
