import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Contact, defineDataType, type ImportReport } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { openDevices, type SyncedDevice } from "./support/people.ts";

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const contactsOf = ({ sync }: SyncedDevice) => sync.collection<Contact>("contacts");
const exportPassword = "words that open the export of the tests";

/** Stamps of one millisecond are told apart by the device: older and newer need two. */
async function nextMillisecond(): Promise<void> {
  const start = Date.now();
  while (Date.now() <= start + 1) await new Promise((resolve) => setTimeout(resolve, 1));
}

async function collect(chunks: AsyncIterable<string>): Promise<string[]> {
  const list: string[] = [];
  for await (const chunk of chunks) list.push(chunk);
  return list;
}
const linesOf = (chunks: readonly string[]): string[] => chunks.join("").trimEnd().split("\n");
const counts = (report: Partial<ImportReport>): Partial<ImportReport> => report;

const incompressible = (length: number): string =>
  Array.from({ length: length / 32 }, () => crypto.randomUUID().replaceAll("-", "")).join("");

async function person(contacts: readonly Contact[] = []) {
  const [device] = await openDevices(server.app, 1);
  const ids = await contactsOf(device!).putMany(contacts);
  await device!.sync.syncNow();
  return { device: device!, ids };
}

describe("an export", () => {
  test("is one line for each record between a header and an end", async () => {
    const { device, ids } = await person([{ name: "Ada", notes: "first" }]);
    await contactsOf(device).patch(ids[0]!, { notes: null });
    const lines = linesOf(await collect(device.sync.exportData())).map((line) => JSON.parse(line) as object);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({ type: "header", format: "owlivion-sync-export", version: 1 });
    expect(lines[1]).toMatchObject({ type: "record", data_type: "contacts", id: ids[0], fields: { name: "Ada" } });
    expect(lines[2]).toEqual({ type: "end", records: 1, conflicts: 0 });
    expect(JSON.stringify(lines)).not.toContain(device.sync.account!.email);
    expect(JSON.stringify(lines)).not.toContain(device.sync.account!.accountId);
  });

  test("comes back into its account without changing anything", async () => {
    const { device } = await person([{ name: "Ada" }, { name: "Bob", emails: ["bob@example.com"] }]);
    const chunks = await collect(device.sync.exportData());
    const before = device.network.sent.length;
    expect(await device.sync.importData(chunks)).toMatchObject(counts({ added: 0, updated: 0, unchanged: 2 }));
    await device.sync.syncNow();
    expect(device.network.paths.slice(before)).toEqual(["/sync/status"]);
  });

  test("brings deleted records back, unless they shall stay so", async () => {
    const { device, ids } = await person([{ name: "Ada" }]);
    const chunks = await collect(device.sync.exportData());
    await contactsOf(device).delete(ids[0]!);
    await device.sync.syncNow();
    expect(await device.sync.importData(chunks, { bringBack: false })).toMatchObject(counts({ stayedDeleted: 1 }));
    expect(await contactsOf(device).count()).toBe(0);
    expect(await device.sync.importData(chunks, { mode: "preview" })).toMatchObject(counts({ added: 1 }));
    expect(await contactsOf(device).count()).toBe(0);
    expect(await device.sync.importData(chunks)).toMatchObject(counts({ added: 1 }));
    await device.sync.syncNow();
    expect(await contactsOf(device).get(ids[0]!)).toMatchObject({ name: "Ada" });
    expect(await device.sync.importData(chunks)).toMatchObject(counts({ added: 0, unchanged: 1 }));
  });

  test("never puts an older value over a newer one", async () => {
    const { device, ids } = await person([{ name: "Ada", notes: "old", company: "old" }]);
    const old = await collect(device.sync.exportData());
    await contactsOf(device).patch(ids[0]!, { notes: "new" });
    const newer = await collect(device.sync.exportData());
    expect(await device.sync.importData(old)).toMatchObject(counts({ kept: 1, updated: 0, clashing: 0 }));
    expect(await contactsOf(device).get(ids[0]!)).toMatchObject({ notes: "new", company: "old" });

    const [late] = await openDevices(server.app, 1);
    const ofOther = await late!.sync.importData(old);
    expect(ofOther).toMatchObject(counts({ added: 1 }));
    expect(await late!.sync.importData(newer)).toMatchObject(counts({ updated: 1 }));
    const [record] = await contactsOf(late!).list();
    expect(record).toMatchObject({ name: "Ada", notes: "new", company: "old" });
  });

  test("without stamps a value that differs is asked about, once", async () => {
    const { device, ids } = await person([{ name: "Ada", notes: "here" }]);
    const lines = linesOf(await collect(device.sync.exportData())).map((line) => JSON.parse(line) as object);
    const { stamps: _, ...record } = lines[1] as { stamps: object; fields: object };
    const bare = { ...record, fields: { name: "Ada", notes: "in the file", company: "only there" } };
    const text = [lines[0], bare, lines[2]].map((line) => `${JSON.stringify(line)}\n`);
    for (let i = 0; i < 2; i += 1) {
      expect(await device.sync.importData(text)).toMatchObject(counts({ clashing: 1 }));
      expect(await contactsOf(device).get(ids[0]!)).toMatchObject({ notes: "here", company: "only there" });
      expect(await device.sync.conflicts.list()).toHaveLength(1);
    }
    const [conflict] = await device.sync.conflicts.list();
    expect(conflict).toMatchObject({ fields: ["notes"], remote: { notes: "in the file" } });
    await device.sync.conflicts.resolve(conflict!.id, "remote");
    expect(await contactsOf(device).get(ids[0]!)).toMatchObject({ notes: "in the file" });
  });

  test("goes into another account: the same record by its natural key, all others once", async () => {
    const { device } = await person([
      { name: "Ada", emails: ["ada@example.com"], notes: "from the export" },
      { name: "Nobody knows" },
      { name: "Byron", emails: ["ada@example.com"] },
    ]);
    const chunks = await collect(device.sync.exportData());
    const { device: other, ids } = await person([{ name: "Ada", emails: ["ADA@example.com"], company: "here" }]);
    expect(await other.sync.importData(chunks)).toMatchObject(counts({ added: 2, clashing: 0 }));
    expect(await contactsOf(other).count()).toBe(3);
    expect(await contactsOf(other).get(ids[0]!)).toMatchObject({ notes: "from the export", company: "here" });
    await other.sync.syncNow();
    const before = await contactsOf(other).list();
    expect(await other.sync.importData(chunks)).toMatchObject(counts({ added: 0, updated: 0 }));
    expect(await contactsOf(other).list()).toEqual(before);
    expect(other.sync.status.waiting).toBe(0);
  });

  test("keeps records apart that had one natural key by the time of the export", async () => {
    const { device, ids } = await person([
      { name: "Ada", emails: ["ada@example.com"] },
      { name: "Ada", emails: ["other@example.com"], notes: "two" },
    ]);
    await contactsOf(device).patch(ids[1]!, { emails: ["ada@example.com"] });
    const chunks = await collect(device.sync.exportData());
    const { device: other } = await person();
    for (const added of [2, 0]) {
      expect(await other.sync.importData(chunks)).toMatchObject(counts({ added, clashing: 0 }));
      expect(await contactsOf(other).count()).toBe(2);
    }
  });

  test("takes open conflicts along, and asks no resolved one again", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const id = await contactsOf(a!).put({ name: "Grace" });
    for (const device of [a, b]) await device!.sync.syncNow();
    await contactsOf(a!).patch(id, { notes: "from A" });
    await nextMillisecond();
    await contactsOf(b!).patch(id, { notes: "from B" });
    for (const device of [a, b]) await device!.sync.syncNow();
    const chunks = await collect(b!.sync.exportData());
    const { device: other } = await person();
    expect(await other.sync.importData(chunks)).toMatchObject(counts({ added: 1, conflicts: 1 }));
    const [conflict] = await other.sync.conflicts.list();
    expect(conflict).toMatchObject({ fields: ["notes"], remote: { notes: "from A" } });
    await other.sync.conflicts.resolve(conflict!.id, "remote");
    expect((await contactsOf(other).list())[0]).toMatchObject({ notes: "from A" });
    expect(await other.sync.importData(chunks)).toMatchObject(counts({ conflicts: 0, kept: 1 }));
    expect(await other.sync.conflicts.list()).toEqual([]);
  });

  test("of data types, records and secrets that are none here tells, and takes the rest", async () => {
    const { device } = await person([{ name: "Ada" }]);
    const lines = linesOf(await collect(device.sync.exportData()));
    const extra = [
      { type: "record", data_type: "recipes", id: "x", fields: { a: 1 } },
      { type: "record", data_type: "accounts", id: "acc", fields: { email: "a@example.com", imap: { host: "h" } } },
      { type: "record", data_type: "contacts", id: "\u0007", fields: {} },
      { type: "record", data_type: "contacts", id: "odd", fields: { name: 5, constructor: "kept" } },
      { type: "record", data_type: "contacts", id: "huge", fields: { notes: incompressible(900_000) } },
    ].map((line) => JSON.stringify(line));
    const end = JSON.stringify({ type: "end", records: 6, conflicts: 0 });
    const vault = defineDataType<{ title?: string; secret?: string }>({ name: "contacts", secretFields: ["name"] });
    const text = `${[...lines.slice(0, -1), ...extra, end].join("\n")}\n`;
    const { device: other } = await person();
    expect(await other.sync.importData([text])).toMatchObject({ unknownTypes: { recipes: 1 }, invalid: 2, added: 3 });
    const odd = (await contactsOf(other).list()).find((each) => "constructor" in each && each.constructor !== Object);
    expect(odd).toMatchObject({ name: 5, constructor: "kept" });
    expect((await contactsOf(other).state(odd!.id)).problem).not.toBeNull();

    const [strict] = await openDevices(server.app, 1, { dataTypes: [vault as never] });
    expect(await strict!.sync.importData([text])).toMatchObject({ secretsDropped: 2, added: 2 });
  });
});

describe("an export that is cut or changed", () => {
  test("is noticed, what came before stays, and the whole one finishes it", async () => {
    const { device } = await person(Array.from({ length: 250 }, (_, i) => ({ name: `Person ${i}` })));
    const text = (await collect(device.sync.exportData())).join("");
    const cut = text.slice(0, Math.floor(text.length / 2));
    const { device: other } = await person();
    const failure = { code: "INVALID_EXPORT", details: expect.objectContaining({ added: expect.any(Number) }) };
    await expect(other.sync.importData([cut], { mode: "preview" })).rejects.toMatchObject(failure);
    expect(await contactsOf(other).count()).toBe(0);
    await expect(other.sync.importData([cut])).rejects.toMatchObject(failure);
    expect(await contactsOf(other).count()).toBeGreaterThan(0);
    await other.sync.importData([text]);
    expect(await contactsOf(other).count()).toBe(250);
    const lines = linesOf([text]);
    const bad = [
      "",
      "no export",
      "{}\n",
      "null\n",
      `${lines.slice(1).join("\n")}\n`,
      `${lines.toSpliced(5, 1).join("\n")}\n`,
      `${text}{"type":"end","records":0,"conflicts":0}\n`,
    ];
    for (const each of bad)
      await expect(other.sync.importData([each])).rejects.toMatchObject({ code: "INVALID_EXPORT" });
    const newer = text.replace('"version":1', '"version":2');
    await expect(other.sync.importData([newer])).rejects.toMatchObject({ code: "UNSUPPORTED_EXPORT" });
  });

  test("as bytes in chunks of any size it is the same", async () => {
    const { device } = await person([{ name: "Zoë 🦉" }]);
    const bytes = new TextEncoder().encode((await collect(device.sync.exportData())).join(""));
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte));
    const { device: other } = await person();
    await other.sync.importData(pieces);
    expect((await contactsOf(other).list())[0]!.name).toBe("Zoë 🦉");
  });

  test("sealed: nothing is readable, only the password opens it, and every change is noticed", async () => {
    const contacts = Array.from({ length: 800 }, (_, i) => ({ name: `Canary ${i}`, notes: "x".repeat(100) }));
    const { device } = await person(contacts);
    const lines = linesOf(await collect(device.sync.exportData({ password: exportPassword })));
    expect(lines.length).toBeGreaterThan(4);
    expect(atob((JSON.parse(lines[1]!) as { data: string }).data)).not.toContain("Canary");
    expect(lines.join("")).not.toContain("Canary");
    const { device: other } = await person();
    const importLines = async (given: readonly string[], password?: string) =>
      await other.sync.importData([`${given.join("\n")}\n`], {
        mode: "preview",
        ...(password === undefined ? {} : { password }),
      });

    await expect(importLines(lines)).rejects.toMatchObject({ code: "PASSWORD_NEEDED" });
    await expect(importLines(lines, "another password of the tests")).rejects.toMatchObject({ code: "WRONG_PASSWORD" });
    const flipped = lines.with(
      2,
      lines[2]!.replace(/"data":"(.{60})./, (_, start: string) => `"data":"${start}_`),
    );
    const bad = [
      lines.slice(0, -1),
      lines.toSpliced(2, 1),
      [...lines.slice(0, 2), lines[3]!, lines[2]!, ...lines.slice(4)],
      [...lines.slice(0, 3), lines[2]!, ...lines.slice(3)],
      [...lines, lines.at(-1)!],
      lines.with(2, lines[2]!.replace('"chunk"', '"last"')),
      flipped,
    ];
    for (const given of bad) {
      await expect(importLines(given, exportPassword)).rejects.toMatchObject({ code: "INVALID_EXPORT" });
    }
    expect(await importLines(lines, exportPassword)).toMatchObject(counts({ added: 800 }));
    await other.sync.importData([`${lines.join("\n")}\n`], { password: exportPassword });
    expect(await contactsOf(other).count()).toBe(800);
    await expect(collect(device.sync.exportData({ password: "short" }))).rejects.toMatchObject({
      code: "WEAK_PASSWORD",
    });
  });
});
