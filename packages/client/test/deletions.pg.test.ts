import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { expectConverged, expectSound, recordsOf, rowsOf, settle } from "./support/household.ts";
import { openDevices, type SyncedDevice } from "./support/people.ts";

// C-I12: many deletions at once are asked about, by the device that makes them and by those they come to.

interface Note {
  readonly text?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };
const ids = Array.from({ length: 60 }, (_, i) => `r${String(i).padStart(2, "0")}`);

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");

async function twoDevices() {
  const [a, b] = await openDevices(server.app, 2, options);
  await notes(a!).putMany(ids.map((id) => ({ id, text: `text of ${id}` })));
  await settle(a!, b!);
  return [a!, b!] as const;
}

describe("here", () => {
  test("50 go out; with the 51st all of the hour that are not sent wait", async () => {
    const [a, b] = await twoDevices();
    expect(await notes(a).deleteMany(ids.slice(0, 50))).toBe(50);
    expect(await a.sync.deletions.held()).toEqual(new Map());
    expect(await notes(a).delete(ids[50]!)).toBe(true);
    expect(await a.sync.deletions.held()).toEqual(new Map([["contacts", 51]]));
    expect(a.events).toContainEqual({ type: "deletions_held", dataType: "contacts", count: 51 });
    await settle(a, b);
    expect(await notes(b).count()).toBe(60);
    expect(await notes(a).count()).toBe(9);
    await expectSound(server.app, a);
  });

  test("confirmed, they go everywhere, and nobody asks again", async () => {
    const [a, b] = await twoDevices();
    await notes(a).deleteMany(ids);
    expect(await a.sync.deletions.confirm("contacts")).toBe(60);
    await settle(a, b);
    expect(await b.sync.deletions.staged()).toEqual([]);
    expect(await expectConverged(server.app, [a, b], options)).toEqual({});
    await expect(a.sync.deletions.confirm("contacts")).rejects.toMatchObject({ code: "NOTHING_TO_CONFIRM" });
  });

  test("undone, everything is there, and nothing was sent", async () => {
    const [a, b] = await twoDevices();
    const before = await recordsOf(a);
    await notes(a).deleteMany(ids);
    expect(await a.sync.deletions.undo("contacts")).toBe(60);
    expect(await recordsOf(a)).toEqual(before);
    expect(await rowsOf(a.openStore, "outbox")).toEqual([]);
    expect(await expectConverged(server.app, [a, b], options)).toEqual(before);
    await expect(a.sync.deletions.undo("contacts")).rejects.toMatchObject({ code: "NOTHING_TO_CONFIRM" });
  });

  test("what others edited meanwhile stays when they are confirmed", async () => {
    const [a, b] = await twoDevices();
    await notes(a).deleteMany(ids);
    await notes(b).patch(ids[3]!, { text: "edited" });
    await settle(b, a);
    await a.sync.deletions.confirm("contacts");
    const records = await expectConverged(server.app, [a, b], options);
    expect(records).toEqual({ [`contacts/${ids[3]}`]: { id: ids[3], text: "edited" } });
  });

  test("asked before, the person is not asked twice", async () => {
    const [a, b] = await twoDevices();
    expect(await notes(a).deleteMany(ids, { confirmed: true })).toBe(60);
    expect(await a.sync.deletions.held()).toEqual(new Map());
    expect(await expectConverged(server.app, [a, b], options)).toEqual({});
  });

  test("a record made again after its deletion is there, whatever was sent in between", async () => {
    for (const isSent of [false, true]) {
      const [a, b] = await twoDevices();
      await notes(a).delete(ids[0]!);
      if (isSent) await a.sync.syncNow();
      await notes(a).put({ id: ids[0]!, text: "again" });
      await notes(a).delete(ids[1]!);
      if (isSent) await settle(a, b);
      await notes(b).put({ id: ids[1]!, text: "again" });
      const records = await expectConverged(server.app, [a, b], options);
      expect(records[`contacts/${ids[0]}`]).toEqual({ id: ids[0], text: "again" });
      expect(records[`contacts/${ids[1]}`]).toEqual({ id: ids[1], text: "again" });
    }
  });

  test("a record made and deleted before anything was sent leaves nothing; one in flight leaves a deletion", async () => {
    const [a, b] = await twoDevices();
    await notes(a).put({ id: "brief", text: "t" });
    await notes(a).delete("brief");
    expect(await rowsOf(a.openStore, "outbox")).toEqual([]);
    await notes(a).put({ id: "in flight", text: "t" });
    a.network.failOnce("/sync/contacts/delta", "drop-reply");
    await a.sync.syncNow().catch(() => {});
    await notes(a).delete("in flight");
    const records = await expectConverged(server.app, [a, b], options);
    expect(Object.keys(records)).toHaveLength(60);
  });
});

describe("elsewhere", () => {
  /** As an engine that asks nobody would send them. */
  async function deleteUnconfirmed(device: SyncedDevice): Promise<void> {
    for (const some of [ids.slice(0, 30), ids.slice(30)]) {
      await notes(device).deleteMany(some);
      const store = await device.openStore();
      await store.write(["outbox", "meta"], async (tx) => {
        for (const row of await tx.scan("outbox", { prefix: "" })) await tx.put("outbox", { ...row, held: null });
        await tx.delete("meta", "deletions_local/contacts");
      });
      await store.close();
      await device.sync.syncNow();
    }
  }

  test("what is beyond the limit is staged: visible, marked, and the cursor goes on", async () => {
    const [a, b] = await twoDevices();
    await deleteUnconfirmed(a);
    await settle(b);
    expect(await b.sync.deletions.staged("contacts")).toHaveLength(10);
    expect(await notes(b).count()).toBe(10);
    await expectSound(server.app, b);
    await notes(a).put({ id: "new", text: "t" });
    await settle(a, b);
    expect(await notes(b).get("new")).toBeDefined();
  });

  test("accepted, they are gone; rejected, they are there for everybody; one by one too", async () => {
    const [a, b] = await twoDevices();
    await deleteUnconfirmed(a);
    await settle(b);
    const staged = (await b.sync.deletions.staged()).map(({ recordId }) => recordId);
    expect(await b.sync.deletions.accept("contacts", { recordIds: staged.slice(0, 4) })).toBe(4);
    expect(await b.sync.deletions.reject("contacts", { recordIds: staged.slice(4, 7) })).toBe(3);
    expect(await b.sync.deletions.staged()).toHaveLength(3);
    expect(await b.sync.deletions.accept("contacts")).toBe(3);
    const records = await expectConverged(server.app, [b, a], options);
    expect(Object.keys(records)).toEqual(staged.slice(4, 7).map((id) => `contacts/${id}`));
  });

  test("an edit of a staged record keeps it", async () => {
    const [a, b] = await twoDevices();
    await deleteUnconfirmed(a);
    await settle(b);
    const [{ recordId }] = (await b.sync.deletions.staged()) as unknown as [{ recordId: string }];
    await notes(b).patch(recordId, { text: "wanted" });
    expect((await b.sync.deletions.staged()).map((each) => each.recordId)).not.toContain(recordId);
    await b.sync.deletions.accept("contacts");
    expect(await expectConverged(server.app, [b, a], options)).toEqual({
      [`contacts/${recordId}`]: { id: recordId, text: "wanted" },
    });
  });

  test("somebody else's change of mind ends it", async () => {
    const [a, b] = await twoDevices();
    await deleteUnconfirmed(a);
    await settle(b);
    const [{ recordId }] = (await b.sync.deletions.staged()) as unknown as [{ recordId: string }];
    await notes(a).put({ id: recordId, text: "again" });
    await settle(a, b);
    expect((await b.sync.deletions.staged()).map((each) => each.recordId)).not.toContain(recordId);
    expect(await notes(b).get(recordId)).toEqual({ id: recordId, text: "again" });
  });
});
