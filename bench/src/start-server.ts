import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "@owlivion/sync-server/embedded-postgres";
import pg from "pg";
import { freePort } from "./free-port.ts";

export interface BenchServer {
  readonly origin: string;
  readonly pool: pg.Pool;
  readonly version: string;
  stop(): Promise<void>;
}

const silent = { debug() {}, info() {}, warn: console.warn, error: console.error };
export const adminToken = "bench-admin-token-of-thirty-two-characters";

/** The product as it ships, in a process of its own, on an embedded PostgreSQL with fsync on, all in a temporary folder. */
export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<BenchServer> {
  const port = await freePort();
  const dataDir = join(tmpdir(), `owlivion-bench-${randomBytes(6).toString("hex")}`);
  const postgres = await startEmbeddedPostgres({ dataDir, log: silent });
  const { host, port: pgPort, user, database } = postgres.connection;
  const url = `postgresql://${encodeURIComponent(user)}@${encodeURIComponent(host)}:${pgPort}/${database}`;
  const main = new URL("../../packages/server/src/cli/main.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--conditions=@owlivion/source", main, "serve"], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: url,
      OWLIVION_DATA_DIR: join(dataDir, "server"),
      RATE_LIMIT_SCALE: "1000000",
      QUOTA_RECORDS: "100000000",
      QUOTA_BYTES: "1000000000000",
      LOG_LEVEL: "warn",
      ADMIN_TOKEN: adminToken,
      ...settings,
    },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const origin = `http://127.0.0.1:${port}`;
  const pool = new pg.Pool({ ...postgres.connection, max: 10 });
  await untilReady(origin, child);
  const { rows } = await pool.query<{ server_version: string }>("show server_version");
  return {
    origin,
    pool,
    version: rows[0]!.server_version,
    async stop() {
      await pool.end();
      child.kill("SIGTERM");
      await ended;
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilReady(origin: string, child: { exitCode: number | null }): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (child.exitCode !== null) throw new Error("the server ended");
    const ready = await fetch(`${origin}/health/ready`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server did not become ready");
}
