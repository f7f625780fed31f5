import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { addDevice, expectSound, reopen, rowsOf, settle } from "./support/household.ts";
import { attentionOf, expectHealed, household, idsOf, kindsOf, manyIds, notes, notesOnly } from "./support/healing.ts";
import type { SyncedDevice } from "./support/people.ts";

// C-I9: a deletion storm, here or elsewhere, deletes nothing for others before a person has looked at it.

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const all = manyIds(80);
const [some, others] = [all.slice(0, 60), all.slice(60)];

async function deleteAll(device: SyncedDevice, ids: readonly string[]): Promise<void> {
  for (const id of ids) await notes(device).delete(id);
}

/** As if an hour had passed, or an engine did not count: the device asks nobody. */
async function forgetWindow(device: SyncedDevice): Promise<void> {
  const store = await device.openStore();
  await store.write(["meta"], async (tx) => await tx.delete("meta", "deletions_local/contacts"));
  await store.close();
}

async function stormWithoutAsking(device: SyncedDevice, ids: readonly string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += 40) {
    await deleteAll(device, ids.slice(i, i + 40));
    await forgetWindow(device);
  }
  await device.sync.syncNow();
}

describe("more than 50 deletions of this device in an hour", () => {
  test("5.4 50 go out at once; with one more all that were not sent wait", async () => {
    const [a, b] = await household(server.app, 2, all);
    await deleteAll(a, some.slice(0, 30));
    await a.sync.syncNow();
    await deleteAll(a, some.slice(30, 50));
    expect(kindsOf(a)).not.toContain("deletions_held");
    await deleteAll(a, some.slice(50, 51));
    expect(await a.sync.deletions.held()).toEqual(new Map([["contacts", 21]]));
    await settle(a, b);
    expect(await idsOf(b)).toEqual(all.slice(30));
    expect(await idsOf(a)).toEqual(all.slice(51));
    await expectSound(server.app, a);
    expect(await a.sync.deletions.confirm("contacts")).toBe(21);
    expect(await expectHealed(server.app, a, b)).toEqual(all.slice(51));
  });

  test("5.4 confirmed, they are applied everywhere at once, and nobody is asked again", async () => {
    const [a, b] = await household(server.app, 2, all);
    await deleteAll(a, some);
    await settle(a, b);
    await expect.poll(() => attentionOf(a)).toEqual([["deletions_held", 60]]);
    expect(await idsOf(b)).toEqual(all);
    expect(await a.sync.deletions.confirm("contacts")).toBe(60);
    await settle(a, b);
    expect(await b.sync.deletions.staged()).toEqual([]);
    await expect.poll(() => attentionOf(a)).toEqual([]);
    expect(await expectHealed(server.app, a, b)).toEqual(others);
    await expect(a.sync.deletions.confirm("contacts")).rejects.toMatchObject({ code: "NOTHING_TO_CONFIRM" });
  });

  test("5.4 undone, nothing has happened, also after a restart in between", async () => {
    const [a, b] = await household(server.app, 2, all);
    await deleteAll(a, some);
    await a.sync.syncNow();
    const again = await reopen(server.app, a, notesOnly);
    expect(await again.sync.deletions.held()).toEqual(new Map([["contacts", 60]]));
    expect(await again.sync.deletions.undo("contacts")).toBe(60);
    expect(await idsOf(again)).toEqual(all);
    await settle(again, b);
    await expect.poll(() => again.sync.status).toMatchObject({ waiting: 0, attention: [] });
    expect(await expectHealed(server.app, again, b)).toEqual(all);
  });

  test("C-I5 undone, edits that were not sent are there again, and go out", async () => {
    const [a, b] = await household(server.app, 2, all);
    await notes(a).patch("r01", { more: "offline" });
    await notes(a).put({ id: "r02", text: "replaced offline" });
    await deleteAll(a, some);
    await a.sync.deletions.undo("contacts");
    expect(await notes(a).get("r01")).toEqual({ id: "r01", text: "text of r01", more: "offline" });
    expect(await expectHealed(server.app, a, b)).toEqual(all);
    expect(await notes(b).get("r01")).toMatchObject({ more: "offline" });
    expect(await notes(b).get("r02")).toEqual({ id: "r02", text: "replaced offline" });
  });

  test("other edits go out meanwhile, and one of a held record takes its deletion back", async () => {
    const [a, b] = await household(server.app, 2, all);
    await deleteAll(a, some);
    await notes(a).patch("r70", { more: "edited" });
    await notes(a).put({ id: "new", text: "new" });
    await notes(a).put({ id: "r01", text: "again" });
    await settle(a, b);
    expect(await idsOf(b)).toEqual(["new", ...all]);
    expect(await notes(b).get("r01")).toEqual({ id: "r01", text: "again" });
    expect(await a.sync.deletions.held()).toEqual(new Map([["contacts", 59]]));
    await a.sync.deletions.confirm("contacts");
    expect(await expectHealed(server.app, a, b)).toEqual(["new", "r01", ...others]);
  });

  test("C-I5 an edit of another device beats a held deletion, and the journal says so", async () => {
    const [a, b] = await household(server.app, 2, all);
    await deleteAll(a, some);
    await notes(b).patch("r01", { more: "wanted" });
    await settle(b, a);
    expect(await notes(a).get("r01")).toMatchObject({ more: "wanted" });
    expect(await a.sync.conflicts.list()).toMatchObject([{ kind: "edit_kept", recordId: "r01", local: null }]);
    await a.sync.deletions.confirm("contacts");
    expect(await expectHealed(server.app, a, b)).toEqual(["r01", ...others]);
  });
});

describe("many deletions from elsewhere that nobody confirmed", () => {
  test("5.4 the first 50 are applied, the others stay visible until they are accepted", async () => {
    const [a, b] = await household(server.app, 2, all);
    await stormWithoutAsking(a, some);
    await b.sync.syncNow();
    expect(b.events).toContainEqual({ type: "deletions_staged", dataType: "contacts", count: 10, reason: "many" });
    const staged = (await b.sync.deletions.staged("contacts")).map(({ recordId }) => recordId);
    expect(await idsOf(b)).toEqual([...staged, ...others]);
    await expectSound(server.app, b);
    expect(await b.sync.deletions.accept("contacts")).toBe(10);
    await expect.poll(() => attentionOf(b)).toEqual([]);
    expect(await expectHealed(server.app, a, b)).toEqual(others);
  });

  test("5.4 rejected, they are there for everybody again, as they were", async () => {
    const [a, b, c] = await household(server.app, 3, all);
    await stormWithoutAsking(a, some);
    await b.sync.syncNow();
    const staged = (await b.sync.deletions.staged("contacts")).map(({ recordId }) => recordId);
    expect(await b.sync.deletions.reject("contacts")).toBe(10);
    await settle(b, a, c);
    expect(await expectHealed(server.app, a, b, c)).toEqual([...staged, ...others]);
    expect(await notes(c).get(staged[0]!)).toEqual({ id: staged[0]!, text: `text of ${staged[0]!}` });
    for (const device of [a, b, c]) {
      expect(await device.sync.deletions.staged()).toEqual([]);
      expect(kindsOf(device)).not.toContain("integrity");
    }
  });

  test("5.4 one by one, after a restart", async () => {
    const [a, b] = await household(server.app, 2, all);
    await stormWithoutAsking(a, some);
    await b.sync.syncNow();
    const again = await reopen(server.app, b, notesOnly);
    const staged = (await again.sync.deletions.staged("contacts")).map(({ recordId }) => recordId);
    const [kept, edited, ...gone] = staged as [string, string, ...string[]];
    await again.sync.deletions.reject("contacts", { recordIds: [kept] });
    await notes(again).patch(edited, { more: "wanted" });
    expect(await again.sync.deletions.accept("contacts", { recordIds: gone })).toBe(8);
    expect(await again.sync.deletions.accept("contacts")).toBe(0);
    expect(await expectHealed(server.app, a, again)).toEqual([kept, edited, ...others]);
  });

  test("5.4 counted over the whole hour, by page and by reply", async () => {
    const [a, b] = await household(server.app, 2, all);
    for (let i = 0; i < 6; i += 1) {
      await stormWithoutAsking(a, some.slice(i * 10, i * 10 + 10));
      if (i % 2 === 1) await notes(b).put({ id: `new${i}`, text: "pushed" });
      await b.sync.syncNow();
    }
    expect(await b.sync.deletions.staged("contacts")).toHaveLength(10);
    await b.sync.deletions.accept("contacts");
    expect(await expectHealed(server.app, a, b)).toEqual(["new1", "new3", "new5", ...others]);
  });

  test("5.4 a device that was away sees the same in a resync", async () => {
    const [a, b] = await household(server.app, 2, all);
    await stormWithoutAsking(a, some);
    const store = await b.openStore();
    await store.write(["collections"], async (tx) => {
      const row = (await tx.get("collections", "contacts"))!;
      await tx.put("collections", { ...row, cursor: "of another server" });
    });
    await store.close();
    await b.sync.syncNow();
    expect(await b.sync.deletions.staged("contacts")).toHaveLength(10);
    await b.sync.deletions.reject("contacts");
    expect(await expectHealed(server.app, b, a)).toHaveLength(30);
  });

  test("C-I5 with edits made offline: they are kept, pushed, and no storm takes them", async () => {
    const [a, b] = await household(server.app, 2, all);
    await stormWithoutAsking(a, some);
    const edited = some.slice(0, 12);
    for (const id of edited) await notes(b).patch(id, { more: "offline" });
    await notes(b).put({ id: "new", text: "offline" });
    await notes(b).delete("r13"); // both deleted it
    await notes(b).delete("r80");
    await settle(b, a);
    expect(await b.sync.deletions.staged("contacts")).toEqual([]);
    expect(await expectHealed(server.app, b, a)).toEqual(["new", ...edited, ...others.slice(0, -1)]);
    const conflicts = await b.sync.conflicts.list();
    expect(conflicts.map(({ kind, recordId }) => `${kind} ${recordId}`)).toEqual(edited.map((id) => `edit_kept ${id}`));
  });

  test("C-I8 storms on two devices at once: held here, staged there, accepted at both ends", async () => {
    const [a, b] = await household(server.app, 2, all);
    await stormWithoutAsking(a, some);
    await deleteAll(b, all.slice(10, 70));
    expect(await b.sync.deletions.held()).toEqual(new Map([["contacts", 60]]));
    await b.sync.syncNow();
    // What A deleted too needs no confirmation any more.
    expect(await b.sync.deletions.held()).toEqual(new Map([["contacts", 10]]));
    expect(await b.sync.deletions.staged("contacts")).toEqual([]);
    await b.sync.deletions.confirm("contacts");
    expect(await expectHealed(server.app, b, a)).toEqual(all.slice(70));
  });

  test("a new device takes what the server has, and is not asked", async () => {
    const [a] = await household(server.app, 1, all);
    await stormWithoutAsking(a, some);
    const c = await addDevice(server.app, a, notesOnly);
    await c.sync.syncNow();
    await expect.poll(() => attentionOf(c)).toEqual([]);
    expect(await expectHealed(server.app, a, c)).toEqual(others);
    expect(await rowsOf(c.openStore, "records")).toHaveLength(20);
  });
});
