import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../../test/support/database.ts";
import { runCli, startCli } from "../../test/support/run-cli.ts";
import { silentLog } from "../../test/support/silent-log.ts";
import { readPostmasterPid } from "../db/embedded/postmaster-pid.ts";
import { settlePrevious } from "../db/embedded/settle-previous.ts";

let dataDir: string;
let servers: ChildProcess[];
beforeEach(() => {
  dataDir = join(tmpdir(), `owlivion-serve-${randomBytes(6).toString("hex")}`);
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await end(server, "SIGKILL");
  mkdirSync(join(dataDir, "postgres"), { recursive: true });
  await settlePrevious(join(dataDir, "postgres"), "", silentLog);
  rmSync(dataDir, { recursive: true, force: true });
});

describe("serve with its own PostgreSQL", () => {
  test("SIGTERM ends it with 0, and PostgreSQL with it", async () => {
    const { server, address } = await serve();
    expect((await fetch(`${address}/health/ready`)).status).toBe(200);
    const postgres = postgresPid();
    expect(await end(server, "SIGTERM")).toBe(0);
    expect(isAlive(postgres)).toBe(false);
  });

  test("commands work beside it; a second server and a restore are refused", async () => {
    await serve();
    const created = await cli("user", "create", "ada@example.com");
    expect(created.exitCode).toBe(0);
    const file = join(dataDir, "sync.backup");
    expect((await cli("backup", file)).exitCode).toBe(0);
    expect(await cli("restore", file, "--replace", "--yes")).toMatchObject({ exitCode: 1, stderr: inUse });
    expect(await cli("serve")).toMatchObject({ exitCode: 1, stderr: inUse });
  });

  test("kill -9 of PostgreSQL: it answers 503 and heals", async () => {
    const { address } = await serve();
    process.kill(postgresPid(), "SIGKILL");
    const seen = new Set<number>();
    do {
      seen.add((await fetch(`${address}/health/ready`)).status);
      await sleep(20);
    } while (!seen.has(503));
    while ((await fetch(`${address}/health/ready`)).status !== 200) await sleep(50);
    expect((await fetch(`${address}/health`)).status).toBe(200);
  });

  test("a log that nobody reads stops neither its requests nor its end", async () => {
    const { server, address } = await serve();
    server.stdout?.pause();
    for (let round = 0; round < 40; round++) {
      const replies = await Promise.all(Array.from({ length: 50 }, () => fetch(`${address}/health`)));
      for (const reply of replies) await reply.body?.cancel();
    }
    expect(await end(server, "SIGTERM")).toBe(0);
  });

  test("a log whose reader goes away stops nothing", async () => {
    const { server, address } = await serve();
    server.stdout?.destroy();
    for (let n = 0; n < 3; n++) expect((await fetch(`${address}/health/ready`)).status).toBe(200);
    expect(await end(server, "SIGTERM")).toBe(0);
    expect(readPostmasterPid(join(dataDir, "postgres"))).toBeNull();
  });

  test("kill -9 of the server: the next start finds everything", async () => {
    const first = await serve();
    await cli("user", "create", "ada@example.com");
    await end(first.server, "SIGKILL");
    await serve();
    expect((await cli("user", "list", "--json")).stdout).toContain("ada@example.com");
  });
});

test("serve with DATABASE_URL needs no PostgreSQL of its own, migrates, and leaves that one running", async () => {
  const database = await createTestDatabase("empty");
  try {
    const { server, address } = await serve({ DATABASE_URL: database.url });
    expect((await fetch(`${address}/health/ready`)).status).toBe(200);
    expect(readPostmasterPid(join(dataDir, "postgres"))).toBeNull();
    expect(await end(server, "SIGINT")).toBe(0);
    await database.pool.query("select from users");
  } finally {
    await database.drop();
  }
});

const inUse = expect.stringMatching(/is in use by process \d+/);

async function serve(settings: Record<string, string> = {}): Promise<{ server: ChildProcess; address: string }> {
  const server = startCli(["serve"], { OWLIVION_DATA_DIR: dataDir, PORT: "0", ...settings });
  servers.push(server);
  server.stderr.resume();
  for await (const line of createInterface(server.stdout)) {
    const entry: unknown = JSON.parse(line);
    if (typeof entry === "object" && entry !== null && "address" in entry) {
      server.stdout.resume();
      return { server, address: String(entry.address) };
    }
  }
  throw new Error("the server ended before it was ready");
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (server.exitCode === null && server.signalCode === null) {
    server.kill(signal);
    await once(server, "exit");
  }
  return server.exitCode;
}

async function cli(...args: string[]) {
  return await runCli(args, { OWLIVION_DATA_DIR: dataDir, PORT: "0" });
}

function postgresPid(): number {
  const state = readPostmasterPid(join(dataDir, "postgres"));
  if (state === null) throw new Error("PostgreSQL is not running");
  return state.pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
