import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "../../src/db/embedded/start-embedded-postgres.ts";
import { migrate } from "../../src/db/migrate.ts";
import { consoleLog } from "./console-log.ts";
import { runSql, socketUrl, withDatabase } from "./database-url.ts";
import { sweepTestClusters, testClusterPrefix } from "./sweep-test-clusters.ts";

/** What a test needs to make a database of its own; every worker gets it by `inject("postgres")`. */
export type TestPostgres = { adminUrl: string; template: string };

declare module "vitest" {
  interface ProvidedContext {
    postgres: TestPostgres;
  }
}

/**
 * Once for a test run: one PostgreSQL (our embedded one, or TEST_DATABASE_URL) and in it one migrated database to clone.
 * Written without fsync, which only a crash of the machine could notice.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  const template = `owlivion_template_${randomBytes(4).toString("hex")}`;
  try {
    await runSql(postgres.adminUrl, `create database ${template}`);
    await migrateTemplate(withDatabase(postgres.adminUrl, template));
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  project.provide("postgres", { adminUrl: postgres.adminUrl, template });
  return async () => {
    await runSql(postgres.adminUrl, `drop database ${template} with (force)`);
    await postgres.stop();
  };
}

async function startPostgres(): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  const url = process.env["TEST_DATABASE_URL"];
  if (url !== undefined && url !== "") return { adminUrl: url, stop: async () => {} };

  await sweepTestClusters();
  const dataDir = join(tmpdir(), `${testClusterPrefix}${randomBytes(6).toString("hex")}`);
  const settings = { fsync: "off", full_page_writes: "off", max_connections: "300" };
  const { connection, stop } = await startEmbeddedPostgres({ dataDir, log: consoleLog, settings });
  return {
    adminUrl: socketUrl(connection, "postgres"),
    async stop() {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function migrateTemplate(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url });
  try {
    await migrate(pool);
  } finally {
    await pool.end();
  }
}
