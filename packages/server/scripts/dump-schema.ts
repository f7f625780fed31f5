import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { dumpSchema } from "../src/db/dump-schema.ts";
import { startEmbeddedPostgres } from "../src/db/embedded/start-embedded-postgres.ts";
import { migrate } from "../src/db/migrate.ts";

// npm run schema:dump: writes src/db/schema.sql from a fresh database with every migration.
const dataDir = join(tmpdir(), `owlivion-test-${randomBytes(6).toString("hex")}`);
const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const postgres = await startEmbeddedPostgres({ dataDir, log, settings: { fsync: "off" } });
const pool = new pg.Pool({ ...postgres.connection, max: 1 });
pool.on("error", () => {}); // PostgreSQL may stop before the last connection has closed.
try {
  await migrate(pool);
  const client = await pool.connect();
  writeFileSync(new URL("../src/db/schema.sql", import.meta.url), await dumpSchema(client));
  client.release();
} finally {
  await pool.end();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
