import type { Pool } from "pg";
import { findPendingMigrations } from "../db/migrate.ts";
import { OperatorError } from "../operator-error.ts";

/** Commands speak this release's schema. */
export async function requireMigrated(pool: Pool): Promise<void> {
  if ((await findPendingMigrations(pool)).length === 0) return;
  throw new OperatorError("The database is not at this release's schema yet. Run: owlivion-sync migrate");
}
