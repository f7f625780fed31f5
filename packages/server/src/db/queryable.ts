import type { Pool, PoolClient } from "pg";

/** A statement that may stand alone or in a transaction. */
export type Queryable = Pick<Pool | PoolClient, "query">;
