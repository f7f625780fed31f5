import { type CommandContext, withDatabase } from "./with-database.ts";
import { requireMigrated } from "./require-migrated.ts";

/** For commands that know the tables. */
export async function withMigrated<T>(work: (context: CommandContext) => Promise<T>): Promise<T> {
  return await withDatabase(async (context) => {
    await requireMigrated(context.pool);
    return await work(context);
  });
}
