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

/** A database of this test file's own: a clone of the migrated template, or an empty one. */
export async function createTestDatabase(from: "migrated" | "empty" = "migrated"): Promise<TestDatabase> {
  const { adminUrl, template } = inject("postgres");
  const name = `owlivion_test_${randomBytes(6).toString("hex")}`;
  await runSql(adminUrl, `create database ${name} template ${from === "migrated" ? template : "template0"}`);
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
