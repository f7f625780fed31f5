import type { Pool } from "pg";
import type { Config } from "../config/config.ts";
import { checkClock } from "./check-clock.ts";
import { checkCollections } from "./check-collections.ts";
import { checkDatabase, checkMigrations } from "./check-database.ts";
import type { Finding } from "./finding.ts";

/** What the database tells. `deep` also reads every record's row. */
export async function* examineDatabase(pool: Pool, config: Config, deep: boolean): AsyncGenerator<Finding> {
  yield* await checkDatabase(pool, config);
  const schema = await checkMigrations(pool);
  yield* schema;
  if (schema.some(({ level }) => level !== "ok")) return;
  yield* await checkClock(pool);
  yield* await checkCollections(pool, deep);
}
