import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliCommand, runCli, startCli } from "../../test/support/run-cli.ts";
import { silentLog } from "../../test/support/silent-log.ts";
import { readPostmasterPid } from "../db/embedded/postmaster-pid.ts";
import { settlePrevious } from "../db/embedded/settle-previous.ts";
import { startEmbeddedPostgres } from "../db/embedded/start-embedded-postgres.ts";

// Commands on an embedded PostgreSQL of their own, whose output is not taken.

let folder: string;
let settings: Record<string, string>;

beforeAll(async () => {
  folder = join(tmpdir(), `owlivion-output-${randomBytes(6).toString("hex")}`);
  mkdirSync(folder);
  settings = { OWLIVION_DATA_DIR: join(folder, "data") };
  expect(await runCli(["migrate", "--yes"], settings)).toMatchObject({ exitCode: 0 });
  expect(await runCli(["user", "create", "ada@example.com"], settings)).toMatchObject({ exitCode: 0 });
  await fill();
});
afterAll(async () => {
  await settlePrevious(cluster(), "", silentLog);
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ["backup", ["backup", "-"]],
  ["export", ["user", "export", "ada@example.com"]],
])("%s to standard output", (_name, args) => {
  test("that is cut by its reader fails, and PostgreSQL is stopped", async () => {
    const child = startCli(args, settings);
    await once(child.stdout, "data");
    child.stdout.destroy();
    expect(await toEnd(child)).toEqual([1, expect.stringMatching(/not whole/)]);
    expect(readPostmasterPid(cluster())).toBeNull();
  });

  test.runIf(existsSync("/dev/full"))("that is full fails, and PostgreSQL is stopped", async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(...cliCommand(args, settings, ["ignore", full, "pipe"]));
    closeSync(full);
    expect(await toEnd(child)).toEqual([1, expect.stringMatching(/not whole/)]);
    expect(readPostmasterPid(cluster())).toBeNull();
  });
});

test("what is printed for a reader that has seen enough is no failure", async () => {
  const child = startCli(["user", "list"], settings);
  child.stdout.destroy();
  expect(await toEnd(child)).toEqual([0, ""]);
  expect(readPostmasterPid(cluster())).toBeNull();
});

describe("before a database is started", () => {
  const unused = () => ({ OWLIVION_DATA_DIR: join(folder, "unused") });

  test.each([
    ["into a folder that is not there", join("absent", "file"), 1, /no such file or folder/],
    ["over a file", "file", 2, /exists already/],
    ["over a folder", "", 2, /exists already/],
    ["below a file", join("file", "below"), 1, /not a folder/],
  ])("writing %s is refused", async (_case, path, exitCode, stderr) => {
    writeFileSync(join(folder, "file"), "precious");
    for (const command of [["backup"], ["user", "export", "ada@example.com"]]) {
      const run = await runCli([...command, join(folder, path)], unused());
      expect(run).toEqual({ exitCode, stdout: "", stderr: expect.stringMatching(stderr) });
      expect(run.stderr).not.toMatch(/^ +at /m);
    }
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("precious");
    expect(existsSync(join(folder, "unused"))).toBe(false);
  });

  test.each([["user", "list"], ["user", "create", "ada@example.com"], ["stats"], ["migrate", "--dry-run"]])(
    "a mistyped data directory gets no database from %s %s",
    async (...command) => {
      const run = await runCli(command, unused());
      expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/There is no database in .*unused/) });
      expect(existsSync(join(folder, "unused"))).toBe(false);
    },
  );

  test("what is no backup is refused", async () => {
    writeFileSync(join(folder, "file"), "text");
    expect(await runCli(["restore", join(folder, "file")], unused())).toMatchObject({ exitCode: 1 });
    expect(existsSync(join(folder, "unused"))).toBe(false);
  });
});

test("an export to a file is whole under its name; one that fails leaves nothing", async () => {
  const file = join(folder, "ada.ndjson");
  expect(await runCli(["user", "export", "bob@example.com", file], settings)).toMatchObject({ exitCode: 1 });
  expect(readdirSync(folder).filter((name) => name.startsWith("ada"))).toEqual([]);
  expect(await runCli(["user", "export", "ada@example.com", file], settings)).toMatchObject({ exitCode: 0 });
  expect(readFileSync(file, "utf8").trimEnd().split("\n").at(-1)).toContain('"type":"end"');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

async function toEnd(child: ChildProcess): Promise<[number | null, string]> {
  const [stderr] = await Promise.all([child.stderr === null ? "" : text(child.stderr), once(child, "close")]);
  return [child.exitCode, stderr];
}

function cluster(): string {
  return join(folder, "data", "postgres");
}

/** More than pipes and buffers hold back. */
async function fill(): Promise<void> {
  const dataDir = join(folder, "data");
  const embedded = await startEmbeddedPostgres({ dataDir, log: silentLog, settings: { fsync: "off" } });
  const client = new pg.Client(embedded.connection);
  await client.connect();
  await client.query(
    "insert into devices (user_id, device_id) select user_id, gen_random_uuid() from users, generate_series(1, 40000)",
  );
  await client.end();
  await embedded.stop();
}
