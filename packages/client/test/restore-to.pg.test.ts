import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Contact, RestoreChange } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { memoryStore } from "../src/store/memory-store.ts";
import { crashingStore } from "./support/crashing-store.ts";
import { openDevice, openDevices, type SyncedDevice, testPassword } from "./support/people.ts";

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const contactsOf = ({ sync }: SyncedDevice) => sync.collection<Contact>("contacts");
const namesOf = async (device: SyncedDevice) =>
  (await contactsOf(device).list({ orderBy: "name" })).map(({ name, notes }) => `${name} ${notes ?? ""}`.trim());

async function listOf(changes: AsyncIterable<RestoreChange>): Promise<RestoreChange[]> {
  const list: RestoreChange[] = [];
  for await (const change of changes) list.push(change);
  return list;
}

/** When the newest change of these records was made. */
async function momentOf({ sync }: SyncedDevice, ids: readonly string[]): Promise<string> {
  const moments = await Promise.all(
    ids.map(async (id) => (await sync.history.list("contacts", id)).entries[0]!.changedAt),
  );
  return moments.sort().at(-1)!;
}

/** Ada is edited, Bob is deleted, Cleo is new; Dora stays. */
async function aBadDay() {
  const [a, b] = await openDevices(server.app, 2);
  const [ada, bob, dora] = await contactsOf(a!).putMany([{ name: "Ada" }, { name: "Bob" }, { name: "Dora" }]);
  await a!.sync.syncNow();
  const at = await momentOf(a!, [ada!, bob!, dora!]);
  await contactsOf(a!).patch(ada!, { notes: "spoiled" });
  await contactsOf(a!).delete(bob!);
  const cleo = await contactsOf(a!).put({ name: "Cleo" });
  await a!.sync.syncNow();
  await b!.sync.syncNow();
  return { a: a!, b: b!, at, ada: ada!, bob: bob!, cleo, dora: dora! };
}

describe("restoreTo", () => {
  test("tells what would change, changes it, and every device follows", async () => {
    const { a, b, at, ada, bob, cleo } = await aBadDay();
    const preview = await b.sync.restoreTo("contacts", at);
    expect(preview.counts).toEqual({ bringBack: 1, revert: 1, remove: 1, unchanged: 1, unreadable: 0 });
    const changes = await listOf(preview.changes());
    expect(changes).toHaveLength(3);
    expect(changes).toContainEqual({
      recordId: ada,
      kind: "revert",
      before: { name: "Ada", notes: "spoiled" },
      after: { name: "Ada" },
    });
    expect(changes).toContainEqual({ recordId: bob, kind: "bring_back", before: null, after: { name: "Bob" } });
    expect(changes).toContainEqual({ recordId: cleo, kind: "remove", before: { name: "Cleo" }, after: null });
    expect(await namesOf(b)).toEqual(["Ada spoiled", "Cleo", "Dora"]);

    const progress: number[] = [];
    const result = await preview.apply({ onProgress: (done, total) => progress.push(done / total) });
    expect(result).toEqual({ applied: 3, skipped: [] });
    expect(progress).toEqual([1]);
    for (const device of [b, a]) await device.sync.syncNow();
    for (const device of [a, b]) {
      expect(await namesOf(device)).toEqual(["Ada", "Bob", "Dora"]);
      expect(await device.sync.conflicts.list()).toEqual([]);
    }
    expect((await b.sync.restoreTo("contacts", { version: preview.asOf })).counts.unchanged).toBe(3);
    expect(await preview.apply()).toEqual({ applied: 0, skipped: [] });
  });

  test("from a device that never knew the past, without conflicts", async () => {
    const { a, at } = await aBadDay();
    const late = await openDevice(server.app);
    await late.sync.signIn({ email: a.sync.account!.email, password: testPassword });
    await (await late.sync.restoreTo("contacts", at)).apply();
    for (const device of [late, a]) await device.sync.syncNow();
    for (const device of [a, late]) expect(await namesOf(device)).toEqual(["Ada", "Bob", "Dora"]);
    expect(await late.sync.conflicts.list()).toEqual([]);
  });

  test("what was edited since the preview, or waits to be sent, is told and left alone", async () => {
    const { b, at, ada, cleo } = await aBadDay();
    const preview = await b.sync.restoreTo("contacts", at);
    await contactsOf(b).patch(ada, { notes: "edited since" });
    expect(await preview.apply()).toEqual({ applied: 2, skipped: [{ recordId: ada, reason: "changed" }] });
    expect(await contactsOf(b).get(ada)).toMatchObject({ notes: "edited since" });
    expect(await contactsOf(b).get(cleo)).toBeUndefined();

    // The server refuses the edit for the moment: no history has it.
    await b.sync.syncNow();
    await contactsOf(b).patch(ada, { notes: "waits" });
    b.network.fault = ({ method }) => (method === "POST" ? "drop-request" : null);
    await expect(b.sync.restoreTo("contacts", at)).rejects.toMatchObject({ code: "OFFLINE" });
    b.network.fault = () => null;
    const again = await b.sync.restoreTo("contacts", at);
    expect(await again.apply()).toEqual({ applied: 1, skipped: [] });
    await b.sync.syncNow();
    const { entries } = await b.sync.history.list("contacts", ada);
    expect(entries.map(({ fields }) => fields?.["notes"])).toContain("waits");
  });

  test("an edit that cannot be sent is not lost", async () => {
    const { b, at, ada } = await aBadDay();
    const notes = "the server refused it once";
    await contactsOf(b).patch(ada, { notes });
    const store = await b.openStore();
    await store.write(["outbox"], async (tx) => {
      const row = (await tx.get("outbox", `contacts/${ada}`))!;
      await tx.put("outbox", { ...row, held: "refused" });
    });
    await store.close();
    const preview = await b.sync.restoreTo("contacts", at);
    expect(await preview.apply()).toMatchObject({ skipped: [{ recordId: ada, reason: "waiting" }] });
    expect((await contactsOf(b).get(ada))?.notes).toBe(notes);
  });

  test("hundreds of records, and a crash in the middle: the same point again does the rest", async () => {
    const crashing = crashingStore(memoryStore());
    const device = await openDevice(server.app, { openStore: crashing.open });
    const [owner] = await openDevices(server.app, 1);
    const names = Array.from({ length: 450 }, (_, i) => ({ name: `Person ${String(i).padStart(3, "0")}` }));
    const ids = await contactsOf(owner!).putMany(names);
    await owner!.sync.syncNow();
    // In one batch the versions follow each other.
    const at = { version: ids.length };
    await contactsOf(owner!).deleteMany(ids, { confirmed: true });
    await owner!.sync.syncNow();
    await device.sync.signIn({ email: owner!.sync.account!.email, password: testPassword });
    const preview = await device.sync.restoreTo("contacts", at);
    expect(preview.counts.bringBack).toBe(450);
    let steps = 0;
    const applying = preview.apply({
      onProgress: () => {
        steps += 1;
        if (steps === 1) crashing.crashAt(300);
      },
    });
    await expect(applying).rejects.toThrow();
    expect(steps).toBe(1);

    await crashing.restart();
    const next = await openDevice(server.app, { openStore: crashing.open });
    const again = await next.sync.restoreTo("contacts", { version: preview.asOf });
    expect(again.counts).toMatchObject({ unchanged: 200, bringBack: 250 });
    await again.apply();
    await next.sync.syncNow();
    await owner!.sync.syncNow();
    expect(await contactsOf(owner!).count()).toBe(450);
    expect(await next.sync.conflicts.list()).toEqual([]);
  });

  test("a past that is not kept any more says how far back one can go", async () => {
    const { a, at } = await aBadDay();
    await server.pool.query("update sync_data set history_horizon = head where user_id = $1", [
      a.sync.account!.accountId,
    ]);
    const error: unknown = await a.sync.restoreTo("contacts", at).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "HISTORY_EXPIRED", details: { since: expect.stringMatching(/^\d{4}-/) } });
    const since = Date.parse((error as { details: { since: string } }).details.since);
    expect((Date.now() - since) / 86_400_000).toBeCloseTo(30, 1);
  });

  test("a record of that time that cannot be opened stays as it is", async () => {
    const { b, at, ada } = await aBadDay();
    await server.pool.query(
      `update sync_data_changes set encrypted_record = set_byte(encrypted_record, 150, get_byte(encrypted_record, 150) # 1)
       where record_id = $1 and version <= 3`,
      [ada],
    );
    const preview = await b.sync.restoreTo("contacts", at);
    expect(preview.counts).toMatchObject({ revert: 0, unreadable: 1 });
    await preview.apply();
    expect(await namesOf(b)).toEqual(["Ada spoiled", "Bob", "Dora"]);
  });
});
