import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateVcards } from "../src/demo/generate-contacts.ts";
import { endChild } from "../src/demo/run-owlivion.ts";
import { openWorld, type World } from "./support/cli-world.ts";

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const card = [
  "BEGIN:VCARD",
  "VERSION:3.0",
  "FN:Ada Lovelace",
  "EMAIL:ada@example.com",
  "X-KEPT:as it was",
  "END:VCARD",
  "",
];

test("an address book goes in, across, and out again; again it changes nothing", async () => {
  await world.account("a", "b");
  const file = world.path("in.vcf");
  writeFileSync(file, card.join("\r\n"));
  const report = { file, cards: 1, skipped: 0, problems: [], duplicates: [] };
  expect(await world.json("a", ["contacts", "import", file, "--dry-run"])).toMatchObject({ added: 1 });
  expect(await world.json("a", ["list", "contacts"])).toEqual([]);
  expect(await world.json("a", ["contacts", "import", file])).toEqual({
    ...report,
    added: 1,
    updated: 0,
    unchanged: 0,
  });
  expect(await world.json("a", ["contacts", "import", file])).toEqual({
    ...report,
    added: 0,
    updated: 0,
    unchanged: 1,
  });
  await world.json("a", ["sync"]);
  await world.json("b", ["sync"]);
  const out = world.path("out.vcf");
  expect(await world.json("b", ["contacts", "export", out])).toEqual({ file: out, contacts: 1 });
  expect(statSync(out).mode & 0o777).toBe(0o600);
  const [onA, onB] = [await world.run("a", ["contacts", "export", "-"]), readFileSync(out, "utf8")];
  expect(onA.stdout).toBe(onB);
  expect(onB).toContain("X-KEPT:as it was");
  await world.json("b", ["contacts", "export", out, "--vcard", "3.0"]);
  expect(readFileSync(out, "utf8")).toContain("VERSION:3.0");
  expect(readFileSync(`${out}~`, "utf8")).toBe(onB);
  writeFileSync(world.path("empty.vcf"), "no card\n");
  expect((await world.run("b", ["contacts", "import", world.path("empty.vcf")])).exitCode).toBe(1);
});

test("an import that is killed goes on, and no contact is there twice", async () => {
  await world.account("killed");
  const file = world.path("many.vcf");
  writeFileSync(file, [...generateVcards(3000)].join(""));
  const child = world.start("killed", ["contacts", "import", file]);
  const countNow = async (): Promise<number> =>
    (await world.json<{ records: { contacts?: number } }>("killed", ["status"])).records.contacts ?? 0;
  while (child.exitCode === null && (await countNow()) === 0);
  await endChild(child, "SIGKILL");
  const before = await countNow();
  const report = await world.json<{ added: number; unchanged: number }>("killed", ["contacts", "import", file]);
  expect(report.added + report.unchanged).toBe(3000);
  expect(report.unchanged).toBe(before);
  expect(await countNow()).toBe(3000);
});

test("watch prints what happens, sends what others on its folder edit, and ends with 0", async () => {
  await world.account("w", "x");
  const watching = world.start("w", ["watch", "--json"]);
  const events: { type: string; record_ids?: string[] }[] = [];
  let rest = "";
  watching.stdout.on("data", (bytes: Buffer) => {
    const lines = (rest + bytes.toString()).split("\n");
    rest = lines.pop()!;
    events.push(...lines.map((line) => JSON.parse(line) as { type: string }));
  });
  const { ids } = await world.json<{ ids: [string] }>("x", ["put", "contacts", '{"name":"Live"}']);
  await world.json("x", ["sync"]);
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await sleep(20);
  };
  await until(() =>
    events.some(({ type, record_ids: changed }) => type === "change" && changed?.includes(ids[0]) === true),
  );
  await world.json("w", ["patch", "contacts", ids[0], '{"notes":"from beside"}']);
  expect(await world.json("w", ["sync"])).toMatchObject({ waiting: 0 });
  await world.json("x", ["sync"]);
  expect(await world.json("x", ["get", "contacts", ids[0]])).toMatchObject({ notes: "from beside" });
  await endChild(watching, "SIGINT");
  expect(watching.exitCode).toBe(0);
  expect(events).toContainEqual(expect.objectContaining({ type: "status", state: "idle" }));
});

test("a sync that is interrupted says so and goes on; a reader that has seen enough is no failure", async () => {
  await world.account("i");
  const file = world.path("some.vcf");
  writeFileSync(file, [...generateVcards(300, 3)].join(""));
  await world.json("i", ["contacts", "import", file]);
  const held = world.proxy.holdAfter(1);
  const child = world.start("i", ["sync"]);
  await held;
  await endChild(child, "SIGTERM");
  world.proxy.release();
  expect(child.exitCode).toBe(143);
  expect(await world.json("i", ["sync"])).toMatchObject({ waiting: 0 });

  const list = world.start("i", ["list", "contacts", "--json"]);
  let errors = "";
  list.stderr.on("data", (bytes: Buffer) => (errors += bytes.toString()));
  list.stdout.destroy();
  await once(list, "close");
  expect([list.exitCode, errors]).toEqual([0, ""]);
});

test("nothing plain passes the wire, stands in the database, or shows in what is printed", async () => {
  const canary = "kanarienvogel";
  await world.account("c", "c2");
  const passed: Buffer[] = [];
  world.proxy.onBytes((bytes) => passed.push(bytes));
  const contact = { name: `${canary} name`, emails: [`${canary}@example.com`], notes: canary };
  const { ids } = await world.json<{ ids: [string] }>("c", ["put", "contacts", JSON.stringify(contact)]);
  await world.json("c", ["sync"]);
  await world.json("c2", ["sync"]);
  await world.json("c2", ["patch", "contacts", ids[0], JSON.stringify({ notes: `${canary} again` })]);
  const { stderr, stdout } = await world.run("c2", ["sync"]);
  await world.json("c2", ["doctor"]);
  await world.json("c2", ["login"]).catch(() => {});
  const wire = Buffer.concat(passed).toString("latin1");
  expect(wire).toContain("/api/v1/sync");
  const { rows } = await world.server.pool.query<{ table: string }>(
    "select table_name as table from information_schema.tables where table_schema = 'public'",
  );
  const dump: string[] = [];
  for (const { table } of rows) {
    const { rows } = await world.server.pool.query(`select t::text as row from "${table}" t`);
    dump.push(...rows.map(({ row }: { row: string }) => row));
  }
  const hex = Buffer.from(canary).toString("hex");
  for (const text of [wire, dump.join("\n"), stderr, stdout]) {
    expect(text.includes(canary)).toBe(false);
    expect(text.includes(hex)).toBe(false);
    expect(text.includes("owls fly home")).toBe(false);
  }
  expect(dump.length).toBeGreaterThan(0);
  expect(existsSync(world.path("c/store.db"))).toBe(true);
});
