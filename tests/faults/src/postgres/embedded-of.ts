import { realpathSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { readPostmasterPid } from "../../../../packages/server/src/db/embedded/postmaster-pid.ts";
import type { Server } from "../server/server.ts";
import { descendantsOf } from "../world/child.ts";

/** The PostgreSQL that a server runs by itself, seen from outside. */
export class EmbeddedOf {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  get pid(): number | null {
    return this.#state?.pid ?? null;
  }

  /** kill -9 of the postmaster and of all its children at once. */
  kill(): void {
    const { pid } = this;
    if (pid === null) return;
    for (const each of [pid, ...descendantsOf(pid)]) {
      try {
        process.kill(each, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
  }

  async query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
    const host = this.#state?.socketDir;
    if (host === undefined) throw new Error("the embedded PostgreSQL does not run");
    const client = new pg.Client({ host, port: 5432, user: "owlivion", database: "owlivion" });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  get #state() {
    return readPostmasterPid(realpathSync(join(this.#server.dataDir, "postgres")));
  }
}
