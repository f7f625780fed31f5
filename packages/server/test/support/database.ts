import { randomBytes } from "node:crypto";
import pg, { type Pool } from "pg";
import { inject } from "vitest";
import { runSql, withDatabase } from "./database-url.ts";

export type TestDatabase = {
  /** What DATABASE_URL takes, for whatever makes its own pool. */
  url: string;
  pool: Pool;
  /** Closes the pool and removes the database, ending whatever connections are left. */
  drop(): Promise<void>;
};

/** A database of this test file's own: a clone of the migrated template, an empty one, or a copy of another as it is now. */
export async function createTestDatabase(
  from: "migrated" | "empty" | { copyOf: TestDatabase } = "migrated",
): Promise<TestDatabase> {
  const { adminUrl, template } = inject("postgres");
  const name = `owlivion_test_${randomBytes(6).toString("hex")}`;
  if (typeof from === "object") await copyDatabase(adminUrl, new URL(from.copyOf.url).pathname.slice(1), name);
  else await runSql(adminUrl, `create database ${name} template ${from === "migrated" ? template : "template0"}`);
  const url = withDatabase(adminUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  pool.on("error", () => {}); // Tests end backends; whoever used the connection gets the error too.
  return {
    url,
    pool,
    async drop() {
      await pool.end();
      await runSql(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

/** Nobody may be connected to the original; pools and listeners connect anew afterwards. */
async function copyDatabase(adminUrl: string, original: string, name: string): Promise<void> {
  for (;;) {
    await runSql(adminUrl, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${original}'`);
    try {
      return await runSql(adminUrl, `create database ${name} template ${original}`);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError && error.code === "55006")) throw error; // object_in_use
    }
  }
}
