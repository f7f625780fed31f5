import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg, { type ClientConfig } from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../../../test/support/silent-log.ts";
import { adoptCluster } from "./adopt-cluster.ts";
import { DataDirInUseError } from "./data-dir-lock.ts";
import { findRunningPostgres } from "./find-running-postgres.ts";
import { readPostmasterPid } from "./postmaster-pid.ts";
import { settlePrevious } from "./settle-previous.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./start-embedded-postgres.ts";

let root: string;
let dataDir: string;
let running: EmbeddedPostgres[];
let children: ChildProcess[];

beforeEach(() => {
  root = join(tmpdir(), `owlivion-embedded-${randomBytes(6).toString("hex")}`);
  dataDir = join(root, "data");
  mkdirSync(root);
  [running, children] = [[], []];
});

afterEach(async () => {
  for (const embedded of running) await embedded.stop();
  for (const child of children) await kill(child);
  await settlePrevious(cluster(), "", silentLog);
  rmSync(root, { recursive: true, force: true });
});

describe("starting and stopping", () => {
  test("the first start makes the database, the next finds what was written", async () => {
    const first = await start();
    await query(first.connection, "create table t as select 1 as n");
    await first.stop();
    const second = await start();
    expect(await query(second.connection, "select n from t")).toEqual([{ n: 1 }]);
  });

  test("stopping ends PostgreSQL, and may be repeated", async () => {
    const embedded = await start();
    const pid = postgresPid();
    await embedded.stop();
    await embedded.stop();
    expect(isAlive(pid)).toBe(false);
    expect(readPostmasterPid(cluster())).toBeNull();
  });

  test("nothing listens on the network, and others cannot get to the socket", async () => {
    const { connection } = await start();
    expect(await query(connection, "show listen_addresses")).toEqual([{ listen_addresses: "" }]);
    expect(lstatSync(connection.host).mode & 0o077).toBe(0);
  });

  test("a data directory too deep for a socket address has its socket in a private temporary folder", async () => {
    dataDir = join(root, "deep".repeat(20), "data");
    const embedded = await start();
    expect(embedded.connection.host.startsWith(dataDir)).toBe(false);
    expect(lstatSync(embedded.connection.host).mode & 0o077).toBe(0);
    expect(await query(embedded.connection, "select 1 as n")).toEqual([{ n: 1 }]);
    await embedded.stop();
    expect(existsSync(embedded.connection.host)).toBe(false);
  });

  test("a start that was cut short in the middle of making the cluster is swept up", async () => {
    mkdirSync(join(dataDir, "postgres.init-cut-short"), { recursive: true });
    await start();
    expect(readdirSync(dataDir).filter((name) => name.includes("init"))).toEqual([]);
  });
});

describe("refusing", () => {
  test("a second server on the directory, from this process and from another", async () => {
    await start();
    await expect(start()).rejects.toBeInstanceOf(DataDirInUseError);
    expect(await runToEnd(startProcess())).toMatch(/is in use by process \d+/);
  });

  test("a directory of another major version, which is left as it is", async () => {
    await (await start()).stop();
    writeFileSync(join(cluster(), "PG_VERSION"), "14\n");
    const before = readdirSync(cluster()).toSorted();
    await expect(start()).rejects.toThrow(/written by PostgreSQL 14.*backup.*restore/s);
    expect(readdirSync(cluster()).toSorted()).toEqual(before);
  });

  test("a folder that holds something else", async () => {
    mkdirSync(cluster(), { recursive: true });
    writeFileSync(join(cluster(), "precious"), "");
    await expect(start()).rejects.toThrow(/no PostgreSQL cluster/);
  });
});

describe("a cluster elsewhere, linked from the data directory", () => {
  beforeEach(async () => {
    await (await start()).stop();
    renameSync(cluster(), join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), cluster());
    await (await start()).stop();
  });

  test("a copy of the directory is refused, running or not, and cannot take the cluster over", async () => {
    const copy = join(root, "copy");
    cpSync(dataDir, copy, { recursive: true, verbatimSymlinks: true });
    await expect(start(copy)).rejects.toThrow(/the database of the data directory .*owlivion-sync adopt/s);
    const original = await start();
    await expect(start(copy)).rejects.not.toBeInstanceOf(DataDirInUseError);
    expect(() => adoptCluster(copy)).toThrow(DataDirInUseError);
    await original.stop();
    expect(() => adoptCluster(copy)).toThrow(/is still there/);
  });

  test("a moved directory is refused until it takes the cluster over", async () => {
    const { connection, stop } = await start();
    await query(connection, "create table t as select 1 as n");
    await stop();
    const moved = join(root, "moved");
    renameSync(dataDir, moved);
    await expect(start(moved)).rejects.toThrow(/owlivion-sync adopt/);
    adoptCluster(moved);
    const next = await start(moved);
    expect(await query(next.connection, "select n from t")).toEqual([{ n: 1 }]);
    await next.stop();
    renameSync(moved, dataDir);
  });

  test("there is nothing to take over without a link", async () => {
    rmSync(cluster());
    expect(() => adoptCluster(dataDir)).toThrow(/no database/);
    renameSync(join(root, "elsewhere"), cluster());
    expect(() => adoptCluster(dataDir)).toThrow(/itself/);
  });
});

describe("recovering", () => {
  test("from kill -9 of the server: PostgreSQL lived on, and nothing acknowledged is lost", async () => {
    const { connection, server } = await startInProcess();
    await query(connection, "create table t as select 1 as n");
    const orphan = postgresPid();
    await kill(server);
    expect(isAlive(orphan)).toBe(true);

    const next = await start();
    expect(postgresPid()).not.toBe(orphan);
    expect(await query(next.connection, "select n from t")).toEqual([{ n: 1 }]);
  });

  test("from kill -9 of PostgreSQL: it is started again at the same address", async () => {
    const { connection } = await start();
    await query(connection, "create table t as select 1 as n");
    const killed = postgresPid();
    process.kill(killed, "SIGKILL");
    expect(await queryUntilItWorks(connection, "select n from t")).toEqual([{ n: 1 }]);
    expect(postgresPid()).not.toBe(killed);
  });

  test("from kill -9 of both", async () => {
    const { connection, server } = await startInProcess();
    await query(connection, "create table t as select 1 as n");
    await kill(server);
    process.kill(postgresPid(), "SIGKILL");
    const next = await start();
    expect(await query(next.connection, "select n from t")).toEqual([{ n: 1 }]);
  });

  test("when a stranger has got the process id of a PostgreSQL that was killed", async () => {
    const { connection, server } = await startInProcess();
    await query(connection, "create table t as select 1 as n");
    await kill(server);
    const killed = postgresPid();
    process.kill(killed, "SIGKILL");
    while (isAlive(killed)) await sleep(10);
    const stranger = spawn("sleep", ["600"]);
    children.push(stranger);
    const path = join(cluster(), "postmaster.pid");
    writeFileSync(path, readFileSync(path, "utf8").replace(/^\d+/, String(stranger.pid)));

    const next = await start();
    expect(await query(next.connection, "select n from t")).toEqual([{ n: 1 }]);
    expect(stranger.exitCode).toBeNull();
  });

  test("stopping while PostgreSQL is down does not start it again", async () => {
    const embedded = await start();
    process.kill(postgresPid(), "SIGKILL");
    await embedded.stop();
    await expect(query(embedded.connection, "select 1")).rejects.toThrow();
    await (await start()).stop();
  });
});

test("a command finds the PostgreSQL of a running server", async () => {
  const { connection } = await start();
  expect(await findRunningPostgres(dataDir)).toEqual(connection);
});

describe.runIf(process.getuid?.() === 0)("as root", () => {
  test("PostgreSQL runs as an unprivileged user", async () => {
    await start();
    expect(lstatSync(cluster()).uid).not.toBe(0);
    expect(lstatSync(`/proc/${postgresPid()}`).uid).toBe(lstatSync(cluster()).uid);
  });

  test("a data directory that alone keeps this user out is opened for walking through, and has the cluster", async () => {
    mkdirSync(dataDir, { mode: 0o700 });
    await (await start()).stop();
    expect(lstatSync(cluster()).isDirectory()).toBe(true);
    expect(lstatSync(dataDir).mode & 0o777).toBe(0o711);
    chmodSync(dataDir, 0o700);
    await start();
  });

  test("a data directory that this user cannot reach gets a link to a cluster elsewhere", async () => {
    chmodSync(root, 0o700);
    const first = await start();
    const elsewhere = realpathSync(cluster());
    try {
      expect(elsewhere.startsWith(realpathSync(root))).toBe(false);
      await query(first.connection, "create table t as select 1 as n");
      await first.stop();
      const second = await start();
      expect(await query(second.connection, "select n from t")).toEqual([{ n: 1 }]);

      const copiedDir = join(root, "copy");
      mkdirSync(copiedDir);
      symlinkSync(elsewhere, join(copiedDir, "postgres"));
      await expect(start(copiedDir)).rejects.toThrow(/the database of the data directory/);
      await second.stop();
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
      for (const end of ["lock", "owner"]) rmSync(`${elsewhere}.${end}`, { force: true });
    }
  });

  test("a cluster that root has copied is given to that user", async () => {
    await (await start()).stop();
    cpSync(cluster(), join(root, "copy", "postgres"), { recursive: true });
    expect(lstatSync(join(root, "copy", "postgres")).uid).toBe(0);
    await start(join(root, "copy"));
  });
});

async function start(folder = dataDir): Promise<EmbeddedPostgres> {
  mkdirSync(dirname(folder), { recursive: true });
  const embedded = await startEmbeddedPostgres({ dataDir: folder, log: silentLog, settings: { fsync: "off" } });
  running.push(embedded);
  return embedded;
}

function startProcess(): ChildProcess {
  const script = fileURLToPath(new URL("../../../test/support/embedded-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, dataDir], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  return child;
}

async function startInProcess(): Promise<{ connection: ClientConfig; server: ChildProcess }> {
  const child = startProcess();
  const [line] = await once(child.stdout!, "data");
  return { connection: JSON.parse(String(line)), server: child };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

async function runToEnd(child: ChildProcess): Promise<string> {
  let text = "";
  child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  return text;
}

function cluster(): string {
  return join(dataDir, "postgres");
}

function postgresPid(): number {
  const state = readPostmasterPid(cluster());
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

async function query(connection: ClientConfig, sql: string): Promise<unknown[]> {
  const client = new pg.Client(connection);
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Waits as long as the test may. */
async function queryUntilItWorks(connection: ClientConfig, sql: string): Promise<unknown[]> {
  for (;;) {
    try {
      return await query(connection, sql);
    } catch {
      await sleep(50);
    }
  }
}
