import { existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryLock } from "../../src/db/embedded/data-dir-lock.ts";
import { settlePrevious } from "../../src/db/embedded/settle-previous.ts";
import { consoleLog } from "./console-log.ts";

export const testClusterPrefix = "owlivion-test-";

/** A test run that was killed leaves its PostgreSQL running: stop those whose lock is free, and remove them. */
export async function sweepTestClusters(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(testClusterPrefix))) {
    const folder = join(tmpdir(), name);
    try {
      if (!existsSync(join(folder, "postgres.lock"))) continue;
      const lock = tryLock(join(folder, "postgres.lock"));
      if (lock === null) continue;
      await settlePrevious(join(folder, "postgres"), "", consoleLog);
      lock.release();
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
