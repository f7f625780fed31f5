import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openWorld, type World } from "./support/cli-world.ts";

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

describe("what is asked for wrongly", () => {
  beforeAll(async () => void (await world.account("one")));

  test.each([
    [["put", "contacts", "[1]"], 2, "USAGE"],
    [["put", "contacts", "{"], 2, "USAGE"],
    [["put", "contacts", '{"name":5}'], 2, "INVALID_RECORD"],
    [["put", "accounts", '{"email":"a@example.com","imapPassword":"x"}'], 2, "SECRET_FIELD"],
    [["list", "nothings"], 2, "UNKNOWN_DATA_TYPE"],
    [["get", "contacts", "none"], 1, "RECORD_NOT_FOUND"],
    [["patch", "contacts", "none", "{}"], 1, "RECORD_NOT_FOUND"],
    [["conflicts", "show", "none"], 1, "CONFLICT_NOT_FOUND"],
    [["conflicts", "resolve", "none"], 2, "USAGE"],
    [["deletions", "confirm", "contacts"], 1, "NOTHING_TO_CONFIRM"],
    [["contacts", "import", "/no/such/file.vcf"], 1, "FILE"],
    [["sync", "--wrong"], 2, "USAGE"],
  ])("%j is refused with %i and one object on standard error", async (args, exitCode, code) => {
    const run = await world.run("one", [...args, "--json"]);
    expect(run).toMatchObject({ exitCode, stdout: "" });
    expect(JSON.parse(run.stderr)).toEqual({ error: { code, message: expect.any(String) } });
  });

  test("is told to people in a sentence, without a stack", async () => {
    const run = await world.run("one", ["get", "contacts", "none"]);
    expect(run).toEqual({ exitCode: 1, stdout: "", stderr: "There is no such record.\n", ms: expect.any(Number) });
    expect((await world.run("one", ["lst"])).stderr).toContain("Did you mean list?");
  });
});

/** Directories of its own for each test: two devices of one account. */
let [a, b] = ["", ""];
let count = 0;
async function twoDevices(): Promise<void> {
  count += 1;
  [a, b] = [`a${count}`, `b${count}`];
  await world.account(a, b);
}

const put = async (dir: string, record: object): Promise<string> =>
  (await world.json<{ ids: [string] }>(dir, ["put", "contacts", JSON.stringify(record)])).ids[0];

async function syncAll(...dirs: readonly string[]): Promise<void> {
  for (const dir of dirs) await world.json(dir, ["sync"]);
}

describe("records", () => {
  beforeEach(twoDevices);
  test("go from one directory to the other, and back", async () => {
    const id = await put(a, { name: "Ada", emails: ["ada@example.com"], favourite: true });
    expect(await world.json(a, ["get", "contacts", id, "--state"])).toEqual({
      id,
      is_waiting: true,
      held_because: null,
      problem: null,
      mark: null,
      open_conflicts: 0,
    });
    expect(await world.json(a, ["sync"])).toEqual({
      pulled: 0,
      pushed: 1,
      conflicts: 0,
      waiting: 0,
      attention: [],
      failures: [],
      sent_bytes: expect.any(Number),
      received_bytes: expect.any(Number),
    });
    expect(await world.json(b, ["sync"])).toMatchObject({ pulled: 1, pushed: 0 });
    const whole = { id, name: "Ada", emails: ["ada@example.com"], favourite: true };
    expect(await world.json(b, ["list", "contacts"])).toEqual([whole]);
    expect(await world.json(b, ["get", "contacts", id])).toEqual(whole);
    expect(await world.json(b, ["patch", "contacts", id, '{"notes":"met in London","favourite":null}'])).toEqual({
      id,
    });
    await syncAll(b, a);
    expect(await world.json(a, ["get", "contacts", id])).toEqual({
      id,
      name: "Ada",
      emails: ["ada@example.com"],
      notes: "met in London",
    });
    expect(await world.json(a, ["rm", "contacts", id])).toEqual({ deleted: 1, held: 0, missing: [] });
    expect(await world.run(a, ["rm", "contacts", id])).toMatchObject({ exitCode: 1 });
    await syncAll(a, b);
    expect(await world.json(b, ["list", "contacts"])).toEqual([]);
  });

  test("come as an object, an array or lines; are filtered, ordered and cut", async () => {
    const lines = '{"key":"theme","value":"dark"}\n\n{"key":"zoom","value":125}\n';
    expect(await world.json(a, ["put", "preferences"], { input: lines })).toEqual({
      ids: [expect.any(String), expect.any(String)],
    });
    await world.json(a, ["put", "preferences", "-"], { input: '[{"key":"lang","value":"tr"}]' });
    const found = await world.json(a, ["list", "preferences", "--where", "value=125"]);
    expect(found).toEqual([{ id: expect.any(String), key: "zoom", value: 125 }]);
    const ordered = await world.json<{ key: string }[]>(a, [
      "list",
      "preferences",
      "--order-by",
      "key",
      "--limit",
      "2",
    ]);
    expect(ordered.map(({ key }) => key)).toEqual(["lang", "theme"]);
    const lines2 = (await world.run(a, ["list", "preferences"])).stdout;
    expect(lines2.trimEnd().split("\n")).toHaveLength(3);
  });

  test("offline everything but sync works; sync says 4", async () => {
    await put(a, { name: "Ada" });
    const offline = { env: { OWLIVION_URL: "http://127.0.0.1:9" } };
    const run = await world.run(a, ["sync", "--json"], offline);
    expect(run).toMatchObject({ exitCode: 4, stdout: "" });
    expect(JSON.parse(run.stderr)).toMatchObject({ error: { code: "OFFLINE" } });
    await world.json(a, ["put", "contacts", '{"name":"Grace"}'], offline);
    expect(await world.json(a, ["list", "contacts"], offline)).toHaveLength(2);
  });
});

describe("what a person decides", () => {
  beforeEach(twoDevices);
  test("a conflict is listed, shown and resolved", async () => {
    const id = await put(a, { name: "Grace", emails: ["grace@example.com"] });
    await syncAll(a, b);
    await world.json(a, ["patch", "contacts", id, '{"notes":"older"}']);
    await world.json(b, ["patch", "contacts", id, '{"notes":"newer"}']);
    await syncAll(a, b);
    const conflicts = await world.json<{ id: string }[]>(b, ["conflicts", "list"]);
    expect(conflicts).toMatchObject([
      {
        data_type: "contacts",
        record_id: id,
        kind: "fields",
        fields: ["notes"],
        local: { notes: "newer" },
        remote: { notes: "older" },
        proposed: { notes: "newer" },
        since: expect.stringMatching(/Z$/),
      },
    ]);
    expect((await world.run(b, ["sync", "--check"])).exitCode).toBe(5);
    expect((await world.run(b, ["status", "--check"])).exitCode).toBe(5);
    const short = conflicts[0]!.id.split("/").at(-1)!.slice(0, 13);
    expect((await world.run(b, ["conflicts", "show", short])).stdout).toMatch(/notes +.* newer +older/);
    await world.json(b, ["conflicts", "resolve", short, "--take", "remote"]);
    await syncAll(b, a);
    expect(await world.json(a, ["get", "contacts", id])).toMatchObject({ notes: "older" });
    expect(await world.json(b, ["conflicts", "list"])).toEqual([]);
  });

  test("many deletions wait until they are confirmed or undone", async () => {
    const many = Array.from({ length: 60 }, (_, i) => JSON.stringify({ name: `Person ${i}` })).join("\n");
    const { ids } = await world.json<{ ids: string[] }>(a, ["put", "contacts"], { input: many });
    await syncAll(a, b);
    const held = await world.run(a, ["rm", "contacts", "-", "--json"], { input: ids.join("\n") });
    expect(held.exitCode).toBe(5);
    expect(JSON.parse(held.stdout)).toEqual({ deleted: 60, held: 60, missing: [] });
    expect(await world.json(a, ["deletions", "list"])).toEqual({
      held: [{ data_type: "contacts", count: 60 }],
      staged: [],
      unconfirmed: [],
    });
    await syncAll(a, b);
    expect(await world.json(b, ["list", "contacts"])).toHaveLength(60);
    expect(await world.json(a, ["deletions", "undo", "contacts"])).toEqual({ count: 60 });
    expect(await world.json(a, ["list", "contacts"])).toHaveLength(60);
    expect(await world.json(a, ["rm", "contacts", ...ids, "--yes"])).toMatchObject({ deleted: 60, held: 0 });
    await syncAll(a, b);
    expect(await world.json(b, ["list", "contacts"])).toEqual([]);
    for (const name of ["accept", "reject", "keep", "forget"]) {
      expect(await world.json(a, ["deletions", name, "contacts"])).toEqual({ count: 0 });
    }
  });

  test("a record's past is shown and brought back; a collection goes back to a version", async () => {
    const id = await put(a, { name: "Ada", notes: "first" });
    await syncAll(a);
    await world.json(a, ["patch", "contacts", id, '{"notes":"second"}']);
    await syncAll(a);
    const { entries, is_complete } = await world.json<{ entries: { version: number }[]; is_complete: boolean }>(a, [
      "history",
      "contacts",
      id,
    ]);
    expect(is_complete).toBe(true);
    expect(entries).toMatchObject([
      { kind: "put", fields: { notes: "second" }, changes: ["notes"], is_current: true },
      { kind: "put", fields: { notes: "first" }, is_current: false },
    ]);
    const first = String(entries[1]!.version);
    expect(await world.json(a, ["restore", "contacts", id, "--to", first])).toEqual({ id, changed: true });
    expect(await world.json(a, ["get", "contacts", id])).toMatchObject({ notes: "first" });
    await put(a, { name: "Grace" });
    await syncAll(a);
    const to = ["restore", "contacts", "--to", first];
    const preview = await world.json(a, [...to, "--dry-run"]);
    expect(preview).toMatchObject({ bring_back: 0, revert: 0, remove: 1, unchanged: 1, applied: 0 });
    expect((await world.run(a, to)).exitCode).toBe(2);
    expect(await world.json(a, [...to, "--yes"])).toMatchObject({ applied: 1, skipped: [] });
    expect(await world.json(a, ["list", "contacts"])).toMatchObject([{ name: "Ada" }]);
  });

  test("everything goes into a file, readable or sealed, and from there into another account", async () => {
    await put(a, { name: "Ada", notes: "readable" });
    expect(await world.json(a, ["export", world.path(`${a}.ndjson`)])).toMatchObject({ sealed: false });
    const sealed = { env: { OWLIVION_EXPORT_PASSWORD: "a password for papers only" } };
    await world.json(a, ["export", "--seal", world.path(`${a}.sealed`)], sealed);
    expect(readFileSync(world.path(`${a}.ndjson`), "utf8")).toContain("readable");
    expect(readFileSync(world.path(`${a}.sealed`), "utf8")).not.toContain("readable");
    await world.account(`${a}x`);
    expect((await world.run(`${a}x`, ["import", world.path(`${a}.sealed`)])).exitCode).toBe(2);
    expect(await world.json(`${a}x`, ["import", world.path(`${a}.sealed`), "--dry-run"], sealed)).toMatchObject({
      added: 1,
    });
    expect(await world.json(`${a}x`, ["import", world.path(`${a}.sealed`)], sealed)).toMatchObject({ added: 1 });
    expect(await world.json(`${a}x`, ["import", world.path(`${a}.ndjson`)])).toMatchObject({ added: 0, unchanged: 1 });
    writeFileSync(world.path("no.ndjson"), "nothing\n");
    expect(await world.run(`${a}x`, ["import", world.path("no.ndjson"), "--json"])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("INVALID_EXPORT"),
    });
  });

  test("the doctor finds nothing wrong, and has looked", async () => {
    await put(a, { name: "Ada" });
    await syncAll(a);
    const report = await world.json<{ state: string; checks: { name: string }[] }>(a, ["doctor", "--full", "--keys"]);
    expect(["ok", "notice"]).toContain(report.state);
    expect(new Set(report.checks.map(({ name }) => name))).toContain("clock");
    expect((await world.run(a, ["doctor"])).exitCode).toBe(0);
  });
});
