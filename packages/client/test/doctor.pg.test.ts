import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Contact, type DoctorReport, type Repair } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import type { CheckName } from "../src/doctor/doctor-report.ts";
import { memoryStore } from "../src/store/memory-store.ts";
import type { TableName } from "../src/store/rows.ts";
import type { WriteTransaction } from "../src/store/store.ts";
import { expectConverged, expectSound } from "./support/household.ts";
import { openDevice, openDevices, type SyncedDevice, testPassword } from "./support/people.ts";

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const contactsOf = ({ sync }: SyncedDevice) => sync.collection<Contact>("contacts");
const checkOf = ({ checks }: DoctorReport, name: CheckName, dataType: string | null = "contacts") =>
  checks.find((check) => check.name === name && check.dataType === dataType);
const repairOf = ({ repairs }: DoctorReport, text: RegExp): Repair =>
  repairs.find(({ problem, repair }) => text.test(`${problem} ${repair}`))!;

/** Damages the store where it lies. */
async function damage(
  { openStore }: SyncedDevice,
  tables: readonly TableName[],
  work: (tx: WriteTransaction) => Promise<void>,
): Promise<void> {
  const store = await openStore();
  await store.write(tables, work);
  await store.close();
}

async function deviceWithContacts(count: number) {
  const [a, b] = await openDevices(server.app, 2);
  const ids = await contactsOf(a!).putMany(Array.from({ length: count }, (_, i) => ({ name: `Person ${i}` })));
  for (const device of [a, b]) await device!.sync.syncNow();
  return { a: a!, b: b!, ids };
}

describe("the doctor", () => {
  test("finds nothing on a healthy device", async () => {
    const { b } = await deviceWithContacts(3);
    const report = await b.sync.doctor({ full: true, password: testPassword });
    expect(report.checks.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(report).toMatchObject({ state: "ok", repairs: [] });
    expect(checkOf(report, "keys", null)?.facts).toMatchObject({ isOwnBundle: true, serverOpens: true });
    expect(checkOf(report, "cursor")?.facts).toMatchObject({ position: 3, head: 3, records: 3, serverRecords: 3 });
    expect(checkOf(report, "index")?.facts).toMatchObject({ checked: 3, full: true });
    expect(checkOf(report, "proof")?.summary).toMatch(/Nothing was verified yet/);
  });

  test("changes nothing, signed in, locked or out", async () => {
    const { b } = await deviceWithContacts(2);
    const before = b.events.length;
    await b.sync.doctor();
    expect(b.events).toHaveLength(before);
    await b.sync.lock();
    const locked = await b.sync.doctor();
    expect(checkOf(locked, "session", null)).toMatchObject({ state: "notice" });
    expect(locked.checks.some(({ name }) => name === "index")).toBe(false);
    const stranger = await openDevice(server.app);
    expect((await stranger.sync.doctor()).checks.find(({ name }) => name === "session")).toMatchObject({ state: "ok" });
  });

  test("tells nothing about the person, the records or who else is there", async () => {
    const canary = "canary-7f3a";
    const [a] = await openDevices(server.app, 2);
    const id = await contactsOf(a!).put({ id: `${canary}-id`, name: canary, emails: [`${canary}@example.com`] });
    await a!.sync.syncNow();
    await contactsOf(a!).patch(id, { notes: canary });
    await damage(a!, ["views", "collections", "marks", "conflicts"], async (tx) => {
      const view = (await tx.get("views", `contacts/${id}`))!;
      await tx.put("views", { ...view, key: `contacts/${canary}`, recordId: canary, problem: canary });
      const row = (await tx.get("collections", "contacts"))!;
      await tx.put("collections", { ...row, alarm: "replayed", count: 77 });
    });
    const { email, accountId, deviceId } = a!.sync.account!;
    for (const password of [undefined, testPassword, "not the password of the tests"]) {
      const options = password === undefined ? {} : { password };
      const report = await a!.sync.doctor({ full: true, ...options });
      const text = JSON.stringify(report);
      for (const secret of [canary, email, accountId, deviceId, id, testPassword]) expect(text).not.toContain(secret);
      expect(report.state).toBe("problem");
    }
    a!.network.fault = () => "drop-request";
    expect(JSON.stringify(await a!.sync.doctor())).not.toContain(canary);
  });

  test("says what it cannot know without the server, and rejects never", async () => {
    const { b } = await deviceWithContacts(1);
    b.network.fault = () => "drop-request";
    const report = await b.sync.doctor();
    expect(checkOf(report, "server", null)).toMatchObject({ state: "problem", facts: { code: "OFFLINE" } });
    expect(checkOf(report, "cursor")).toMatchObject({ state: "unknown" });
    expect(checkOf(report, "index")).toMatchObject({ state: "ok" });
    expect(repairOf(report, /server cannot be used/)).toBeDefined();
  });

  test("sees a clock that is wrong, and a server that does not keep a data type", async () => {
    const { openStore } = { openStore: memoryStore() };
    const device = await openDevice(server.app, {
      openStore,
      ports: {
        clock: {
          now: () => Date.now() - 3_600_000,
          schedule: (ms, call) => ({ cancel: clearTimeout.bind(null, setTimeout(call, ms < 4000 ? 0 : ms)) }),
        },
      },
      dataTypes: [{ name: "contacts" }, { name: "recipes" }],
    });
    await device.sync.doctor();
    const report = await device.sync.doctor();
    expect(checkOf(report, "clock", null)).toMatchObject({
      state: "notice",
      summary: expect.stringMatching(/3(?:59|60)\d seconds behind/),
    });
    expect(repairOf(report, /clock is wrong/)).toBeDefined();
    expect(checkOf(report, "server", null)).toMatchObject({ state: "problem", facts: { missingDataTypes: "recipes" } });
  });

  test("repairs a plaintext index that is not what the envelopes say, and loses no edit", async () => {
    const { a, b, ids } = await deviceWithContacts(4);
    await contactsOf(b).patch(ids[3]!, { notes: "waits" });
    await damage(b, ["views"], async (tx) => {
      const view = (await tx.get("views", `contacts/${ids[0]}`))!;
      await tx.put("views", { ...view, fields: { name: "somebody else" } });
      await tx.delete("views", `contacts/${ids[1]}`);
      await tx.put("views", { ...view, key: "contacts/orphan", recordId: "orphan", fields: { name: "Orphan" } });
    });
    const report = await b.sync.doctor({ full: true });
    expect(checkOf(report, "index")).toMatchObject({ state: "problem", facts: { damaged: 2, orphans: 1 } });
    await repairOf(report, /index anew/).run!();
    expect(checkOf(await b.sync.doctor({ full: true }), "index")).toMatchObject({ state: "ok" });
    for (const device of [b, a]) await device.sync.syncNow();
    expect((await contactsOf(a).list({ orderBy: "name" })).map(({ name }) => name)).toEqual([
      "Orphan",
      "Person 0",
      "Person 1",
      "Person 2",
      "Person 3",
    ]);
    expect(await contactsOf(a).get(ids[3]!)).toMatchObject({ notes: "waits" });
    await expectConverged(server.app, [a, b]);
  });

  test("repairs a sum that is not that of the records", async () => {
    const { b } = await deviceWithContacts(2);
    await damage(b, ["collections"], async (tx) => {
      const row = (await tx.get("collections", "contacts"))!;
      await tx.put("collections", { ...row, count: 9, setHash: new Uint8Array(32).fill(1) });
    });
    const report = await b.sync.doctor();
    expect(checkOf(report, "set_hash")).toMatchObject({ state: "problem", facts: { records: 2, storedRecords: 9 } });
    await repairOf(report, /sum does not agree/).run!();
    expect(checkOf(await b.sync.doctor(), "set_hash")).toMatchObject({ state: "ok" });
    await expectSound(server.app, b);
  });

  test("gives up a batch that is stuck, and the edit is there once", async () => {
    const { a, b, ids } = await deviceWithContacts(1);
    await contactsOf(b).patch(ids[0]!, { notes: "sent, and nobody heard of it" });
    b.network.failOnce("/sync/contacts/delta", "drop-reply");
    await expect(b.sync.syncNow()).rejects.toMatchObject({ code: "OFFLINE" });
    await damage(b, ["outbox"], async (tx) => {
      const row = (await tx.get("outbox", `contacts/${ids[0]}`))!;
      await tx.put("outbox", { ...row, editedAtMs: row.editedAtMs - 3_600_000 });
    });
    const report = await b.sync.doctor();
    expect(checkOf(report, "queue")).toMatchObject({ state: "problem", facts: { waiting: 1, inFlight: 1 } });
    await repairOf(report, /Give the batch up/).run!();
    await a.sync.syncNow();
    for (const device of [a, b]) {
      expect(await contactsOf(device).get(ids[0]!)).toMatchObject({ notes: "sent, and nobody heard of it" });
    }
    expect(await b.sync.conflicts.list()).toEqual([]);
    expect((await a.sync.history.list("contacts", ids[0]!)).entries).toHaveLength(2);
    expect(checkOf(await b.sync.doctor(), "queue")).toMatchObject({ state: "ok" });
  });

  test("offers both ways out of an alarm", async () => {
    const { b } = await deviceWithContacts(1);
    await damage(b, ["collections"], async (tx) => {
      await tx.put("collections", { ...(await tx.get("collections", "contacts"))!, alarm: "proof_withheld" });
    });
    const report = await b.sync.doctor();
    expect(checkOf(report, "proof")).toMatchObject({ state: "problem", facts: { alarm: "proof_withheld" } });
    expect(report.repairs.map(({ repair }) => repair.split(":", 1)[0])).toEqual([
      "Keep what is here",
      "Take what the server has",
    ]);
    await report.repairs[1]!.run!();
    expect(await b.sync.doctor()).toMatchObject({ state: "ok", repairs: [] });
    await expectConverged(server.app, [b]);
  });

  test("tells what waits for a person", async () => {
    const { a, b } = await deviceWithContacts(60);
    const ids = (await contactsOf(a).list()).map(({ id }) => id);
    await contactsOf(a).deleteMany(ids);
    const report = await a.sync.doctor();
    expect(checkOf(report, "queue")).toMatchObject({ state: "problem", facts: { heldDeletions: 60 } });
    expect(repairOf(report, /Confirm them/).run).toBeUndefined();
    await a.sync.deletions.undo("contacts");
    await contactsOf(a).patch(ids[0]!, { notes: "1" });
    await contactsOf(b).patch(ids[0]!, { notes: "2" });
    for (const device of [a, b]) await device.sync.syncNow();
    expect(checkOf(await b.sync.doctor(), "conflicts")).toMatchObject({ state: "notice", facts: { open: 1 } });
  });
});
