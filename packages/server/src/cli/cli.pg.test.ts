import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../test/support/database.ts";
import { type CliRun, runCli } from "../../test/support/run-cli.ts";
import { listAccounts } from "../admin/list-accounts.ts";

let database: TestDatabase;
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "cli-"))));
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await database.drop();
});

describe("migrate", () => {
  beforeEach(async () => (database = await createTestDatabase("empty")));

  test("shows what will run, does nothing when nobody can be asked, runs with --yes", async () => {
    const asked = await run("migrate");
    expect(asked).toMatchObject({ exitCode: 2, stdout: expect.stringContaining("001_accounts.sql") });
    expect(asked.stderr).toContain("--yes");
    expect(await tables()).toEqual([]);

    expect(await run("migrate", "--yes")).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/applied 001/) });
    expect(await tables()).toContain("sync_data");
    expect(await run("migrate")).toMatchObject({ exitCode: 0, stdout: "up to date: nothing to run\n" });
  });

  test("--json is for scripts", async () => {
    const pending = json(await run("migrate", "--json", "--dry-run"));
    expect(pending).toMatchObject({ applied: [], pending: expect.arrayContaining(["001_accounts.sql"]) });
    expect(json(await run("migrate", "--json", "--yes"))).toMatchObject({ pending: [] });
  });

  test("two at once both succeed", async () => {
    const runs = await Promise.all([run("migrate", "--yes"), run("migrate", "--yes")]);
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  });

  test("other commands say that it comes first", async () => {
    expect(await run("user", "list")).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("migrate") });
  });
});

describe("on a migrated database", () => {
  beforeEach(async () => (database = await createTestDatabase()));

  test("an account from its making to its end", async () => {
    expect(await run("user", "create", "no address")).toMatchObject({ exitCode: 2 });
    expect(json(await run("user", "create", "Ada@example.com", "--json"))).toMatchObject({
      email: "ada@example.com",
      password: expect.stringMatching(/^.{16,}$/),
    });
    expect(await run("user", "create", "ada@example.com")).toMatchObject({ exitCode: 1 });
    expect(json(await run("user", "list", "--json"))).toMatchObject([
      { email: "ada@example.com", state: "active", kind: "plain" },
    ]);

    expect(await run("user", "disable", "ada@example.com")).toMatchObject({ exitCode: 0 });
    expect(await accounts()).toMatchObject([{ state: "disabled" }]);
    expect(await run("user", "enable", "ada@example.com")).toMatchObject({ exitCode: 0 });
    expect(await accounts()).toMatchObject([{ state: "active" }]);

    const exported = await run("user", "export", "ada@example.com");
    expect(exported.stdout.trimEnd().split("\n").at(-1)).toContain('"type":"end"');

    expect(await run("user", "delete", "ada@example.com")).toMatchObject({ exitCode: 2 });
    expect(await accounts()).toHaveLength(1);
    expect(await run("user", "delete", "ada@example.com", "--yes")).toMatchObject({ exitCode: 0 });
    expect(await accounts()).toEqual([]);
    expect(await run("user", "disable", "ada@example.com")).toMatchObject({ exitCode: 1 });
  });

  test("a password from standard input is not printed, and must be long enough", async () => {
    const created = await runCli(["user", "create", "a@b.example", "--password-stdin"], settings(), "correct horse\n");
    expect(created).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining("correct horse") });
    expect(await runCli(["user", "create", "c@d.example", "--password-stdin"], settings(), "short\n")).toMatchObject({
      exitCode: 2,
    });
  });

  test("a device is listed and revoked", async () => {
    const { id } = json(await run("user", "create", "a@b.example", "--json")) as { id: string };
    const device = "0B8D9B1C-0000-4000-8000-000000000001";
    await database.pool.query("insert into devices (user_id, device_id) values ($1, $2)", [id, device]);
    expect(await run("device", "revoke", "a@b.example", device)).toMatchObject({ exitCode: 0 });
    expect(json(await run("device", "list", id, "--json"))).toMatchObject([
      { device_id: device.toLowerCase(), is_active: false },
    ]);
    expect(await run("device", "revoke", id, device.replace("1", "2"))).toMatchObject({ exitCode: 1 });
    expect(await run("device", "revoke", id, "nonsense")).toMatchObject({ exitCode: 2 });
  });

  test("sessions are ended for one account or for all, and running servers are told", async () => {
    const listener = await database.pool.connect();
    const told: (string | undefined)[] = [];
    listener.on("notification", ({ payload }) => told.push(payload));
    await listener.query("listen owlivion_sessions");
    const ids: string[] = [];
    for (const email of ["a@b.example", "c@d.example", "e@f.example"]) {
      const { id } = json(await run("user", "create", email, "--json")) as { id: string };
      await database.pool.query(
        `with device as (
           insert into devices (user_id, device_id) values ($1, gen_random_uuid()) returning device_id)
         insert into refresh_tokens (token_hash, user_id, device_id, family_id, issued_at, expires_at)
         select sha256(convert_to($2, 'UTF8')), $1, device_id, gen_random_uuid(), now(), now() + interval '1 day' from device`,
        [id, id],
      );
      ids.push(id);
    }
    expect(await run("user", "sign-out")).toMatchObject({ exitCode: 2 });
    expect(await run("user", "sign-out", "--all")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/--yes/),
    });
    expect(await run("user", "sign-out", "a@b.example")).toMatchObject({ exitCode: 0 });
    expect(json(await run("user", "sign-out", "--all", "--yes", "--json"))).toEqual({ signed_out: 2 });
    expect((await database.pool.query("select from refresh_tokens")).rowCount).toBe(0);
    await listener.query("select");
    expect(told.map((payload) => JSON.parse(payload ?? "").userId).toSorted()).toEqual(ids.toSorted());
    listener.release(true);
  });

  test("stats, cleanup, doctor and invitations speak JSON", async () => {
    expect(json(await run("stats", "--json"))).toMatchObject({ accounts: 0, data_types: [] });
    expect(json(await run("cleanup", "--json"))).toMatchObject({ outcome: "done" });
    expect(json(await run("user", "invite", "--json"))).toMatchObject({ days: 7 });
    const findings = json(await run("doctor", "--deep", "--json"));
    expect(findings).toEqual(expect.arrayContaining([expect.objectContaining({ check: "orphans", level: "ok" })]));
  });

  test("a backup is closed to others, overwrites nothing, and is restored only into what it may replace", async () => {
    const file = join(folder, "sync.backup");
    await run("user", "create", "ada@example.com");
    expect(await run("backup", file)).toMatchObject({ exitCode: 0 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file);
    expect(await run("backup", file)).toMatchObject({ exitCode: 2 });
    expect(readFileSync(file).equals(before)).toBe(true);

    await run("user", "create", "bob@example.com");
    expect(await run("restore", file)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--replace") });
    expect(await run("restore", file, "--replace")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--yes"),
    });
    expect(await accounts()).toHaveLength(2);
    expect(await run("restore", file, "--replace", "--yes")).toMatchObject({ exitCode: 0 });
    expect(await accounts()).toMatchObject([{ email: "ada@example.com" }]);
  });

  test("a backup that fails leaves no file behind", async () => {
    await database.pool.query("create table circle_a (id int primary key, b int)");
    await database.pool.query("create table circle_b (id int primary key, a int references circle_a)");
    await database.pool.query("alter table circle_a add foreign key (b) references circle_b");
    const file = join(folder, "sync.backup");
    expect(await run("backup", file)).toMatchObject({ exitCode: 1 });
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe("asked wrongly", () => {
  beforeEach(async () => (database = await createTestDatabase("empty")));

  test("every command explains itself", async () => {
    for (const args of [[], ["serve"], ["user"], ["user", "create"], ["restore"]]) {
      const { exitCode, stdout } = await run(...args, "--help");
      expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^Usage: owlivion-sync/)]);
    }
  });

  test("the version is that of the package", async () => {
    expect(await run("--version")).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test("an unknown option or command exits with 2", async () => {
    expect(await run("stats", "--bogus")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--bogus") });
    expect(await run("bogus")).toMatchObject({ exitCode: 2 });
    expect(await run("user", "invite", "--days", "99999999")).toMatchObject({ exitCode: 2 });
  });

  test("wrong settings exit with 2 and are all named; secrets are never shown", async () => {
    const wrong = { PORT: "x", REGISTRATION: "y", JWT_SECRET: "j".repeat(40) };
    const shown = await runCli(["config"], { ...settings(), ...wrong });
    expect(shown).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/PORT.*REGISTRATION/s) });
    expect(shown.stdout).not.toContain("jjj");
    expect(await runCli(["stats"], { ...settings(), ...wrong })).toMatchObject({ exitCode: 2 });
  });

  test("a database that is not there is told in a sentence", async () => {
    const { exitCode, stderr } = await runCli(["stats"], {
      ...settings(),
      DATABASE_URL: database.url.replace(/owlivion_test_/, "no_"),
    });
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^The database cannot be used: .*does not exist/)]);
  });

  test("doctor tells it as a failure, after what it can see without", async () => {
    const url = database.url.replace(/owlivion_test_/, "no_");
    const run = await runCli(["doctor", "--json"], { ...settings(), DATABASE_URL: url });
    expect(run.exitCode).toBe(1);
    const findings = json(run) as { check: string; level: string; message: string }[];
    expect(findings.at(-1)).toMatchObject({
      check: "database",
      level: "fail",
      message: expect.stringMatching(/does not exist/),
    });
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(["secrets", "disk", "retention"]));
  });

  test("a file that is no backup", async () => {
    const file = join(folder, "text");
    writeFileSync(file, "text");
    expect(await run("restore", file)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/no backup/) });
    expect(await run("restore", join(folder, "absent"))).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/absent cannot be read: there is no such file/),
    });
    expect(await run("restore", folder)).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/is a folder/) });
  });
});

function settings(): Record<string, string> {
  return { DATABASE_URL: database.url, OWLIVION_DATA_DIR: join(folder, "data") };
}

async function run(...args: string[]): Promise<CliRun> {
  return await runCli(args, settings());
}

async function accounts(): Promise<unknown> {
  return await listAccounts(database.pool, { containing: "", limit: 10 });
}

function json({ stdout }: CliRun): unknown {
  return JSON.parse(stdout);
}

async function tables(): Promise<string[]> {
  const { rows } = await database.pool.query(
    "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'",
  );
  return rows.map(({ relname }) => relname);
}
