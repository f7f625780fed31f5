import type { ClientConfig, Pool } from "pg";
import type { Config } from "./config/config.ts";
import type { DataTypes } from "./db/data-types.ts";
import type { Log } from "./log.ts";
import type { Secrets } from "./config/secrets.ts";

/** What every feature gets: settings, secrets, the database. Made once at start, by the CLI or a test. */
export interface ServerContext {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly pool: Pool;
  /** For connections outside the pool: events, exports, cleanup. Never by way of a pooler that pools by transaction. */
  readonly connection: ClientConfig;
  readonly dataTypes: DataTypes;
  readonly log: Log;
}
