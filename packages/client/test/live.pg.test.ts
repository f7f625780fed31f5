import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import {
  type Contact,
  type Live,
  liveHistory,
  liveList,
  liveRecord,
  liveViews,
  type StoredRecord,
} from "@owlivion/sync-client";
import { openDevice, openDevices } from "./support/people.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** Listens, and keeps every snapshot that was shown. */
function follow<T>(live: Live<T>): { readonly shown: T[]; readonly end: () => void } {
  const shown: T[] = [];
  const end = live.subscribe(() => shown.push(live.snapshot));
  return { shown, end };
}

describe("a live list", () => {
  test("follows edits here and elsewhere; what did not change stays the same objects", async () => {
    const [a, b] = await openDevices(server.app, 2);
    const contacts = a!.sync.collection<Contact>("contacts");
    const [ada, bob] = await contacts.putMany([{ name: "Ada" }, { name: "Bob" }]);
    const list = liveList(contacts, { orderBy: "name" });
    expect(list.snapshot).toEqual({ value: undefined, error: null, isLoading: true });
    const { end } = follow(list);
    const names = () => list.snapshot.value?.map(({ name }) => name);
    await expect.poll(names).toEqual(["Ada", "Bob"]);
    const before = list.snapshot.value!;

    await a!.sync.syncNow();
    await b!.sync.syncNow();
    await b!.sync.collection<Contact>("contacts").put({ name: "Aziz" });
    await b!.sync.collection<Contact>("contacts").patch(bob!, { name: "Bea" });
    await b!.sync.syncNow();
    await a!.sync.syncNow();
    await expect.poll(names).toEqual(["Ada", "Aziz", "Bea"]);
    expect(list.snapshot.value![0]).toBe(before[0]);

    end();
    await contacts.delete(ada!);
    expect(names()).toEqual(["Ada", "Aziz", "Bea"]);
    follow(list).end();
    await expect.poll(names).toEqual(["Aziz", "Bea"]);
  });

  test("an edit of one of many reads that one, and shows the list once", async () => {
    const { sync } = (await openDevices(server.app, 1))[0]!;
    const contacts = sync.collection<Contact>("contacts");
    const ids = await contacts.putMany(Array.from({ length: 500 }, (_, i) => ({ name: `n${1000 + i}` })));
    const read: string[][] = [];
    const watched = {
      ...contacts,
      getMany: async (asked: readonly string[]) => {
        read.push([...asked]);
        return await contacts.getMany(asked);
      },
    };
    const list = liveList(watched, { orderBy: "name" });
    const { shown } = follow(list);
    await expect.poll(() => list.snapshot.value?.length).toBe(500);
    const before = list.snapshot.value!;
    await contacts.patch(ids[250]!, { notes: "changed" });
    await expect.poll(() => list.snapshot.value?.[250]?.notes).toBe("changed");
    expect(read).toEqual([[ids[250]]]);
    expect(shown).toHaveLength(2);
    const changed = list.snapshot.value!.filter((record: StoredRecord<Contact>, i) => record !== before[i]);
    expect(changed.map(({ id }) => id)).toEqual([ids[250]]);
  });

  test("what could not be read once is read with the next change", async () => {
    const { sync } = (await openDevices(server.app, 1))[0]!;
    const contacts = sync.collection<Contact>("contacts");
    const [ada, bob] = await contacts.putMany([{ name: "Ada" }, { name: "Bob" }]);
    let failures = 1;
    const list = liveList(
      {
        ...contacts,
        getMany: async (ids: readonly string[]) => {
          if (failures-- > 0) throw new Error("the store cannot be read just now");
          return await contacts.getMany(ids);
        },
      },
      { orderBy: "name" },
    );
    follow(list);
    await expect.poll(() => list.snapshot.value?.length).toBe(2);
    await contacts.patch(ada!, { name: "Adele" });
    await expect.poll(() => list.snapshot.error).not.toBeNull();
    await contacts.patch(bob!, { name: "Bea" });
    await expect.poll(() => list.snapshot.value?.map(({ name }) => name)).toEqual(["Adele", "Bea"]);
  });

  test("signing out empties it", async () => {
    const { sync } = (await openDevices(server.app, 1))[0]!;
    const contacts = sync.collection<Contact>("contacts");
    await contacts.put({ name: "Ada" });
    await sync.syncNow();
    const list = liveList(contacts);
    follow(list);
    await expect.poll(() => list.snapshot.value?.length).toBe(1);
    await sync.signOut();
    await expect.poll(() => list.snapshot.value?.length).toBe(0);
  });
});

test("a live record tells when its edit waits no more; a live history when it has arrived", async () => {
  const { sync } = (await openDevices(server.app, 1))[0]!;
  const id = await sync.collection<Contact>("contacts").put({ name: "Ada" });
  await sync.syncNow();
  const record = liveRecord<Contact>(sync, "contacts", id);
  const history = liveHistory(sync, "contacts", id);
  follow(record);
  follow(history);
  await expect.poll(() => history.snapshot.value?.entries.length).toBe(1);
  await sync.collection<Contact>("contacts").patch(id, { notes: "first" });
  await expect.poll(() => record.snapshot.value?.state.isWaiting).toBe(true);
  expect(record.snapshot.value?.record?.notes).toBe("first");
  await sync.syncNow();
  await expect.poll(() => record.snapshot.value?.state.isWaiting).toBe(false);
  await expect.poll(() => history.snapshot.value?.entries.map(({ changes }) => changes)).toEqual([["notes"], ["name"]]);
  expect(history.snapshot.value).toMatchObject({ hasMore: false, isComplete: true });
});

test("views of a sync: session, conflicts, deletions, devices", async () => {
  const [a, b] = await openDevices(server.app, 2);
  const views = liveViews(a!.sync);
  expect(liveViews(a!.sync)).toBe(views);
  for (const view of Object.values(views)) follow<unknown>(view);
  expect(views.session.snapshot).toMatchObject({ state: "unlocked", account: { email: a!.sync.account!.email } });
  expect(views.session.snapshot).toBe(views.session.snapshot);
  await expect.poll(() => views.devices.snapshot.value?.length).toBe(2);

  const id = await a!.sync.collection("contacts").put({ name: "Ada" });
  await a!.sync.syncNow();
  await b!.sync.syncNow();
  await b!.sync.collection("contacts").patch(id, { name: "Adele" });
  await a!.sync.collection("contacts").patch(id, { name: "Adam" });
  await b!.sync.syncNow();
  await a!.sync.syncNow();
  await expect.poll(() => views.conflicts.snapshot.value?.map(({ fields }) => fields)).toEqual([["name"]]);
  await a!.sync.conflicts.resolve(views.conflicts.snapshot.value![0]!.id, "local");
  await expect.poll(() => views.conflicts.snapshot.value).toEqual([]);

  const many = await a!.sync.collection("contacts").putMany(Array.from({ length: 60 }, (_, i) => ({ name: `n${i}` })));
  await a!.sync.syncNow();
  await a!.sync.collection("contacts").deleteMany(many);
  await expect.poll(() => views.deletions.snapshot.value?.held).toEqual([{ dataType: "contacts", count: 60 }]);

  await a!.sync.lock();
  await expect.poll(() => views.session.snapshot.state).toBe("locked");
  await a!.sync.signOut({ force: true });
  expect(views.session.snapshot).toEqual({ state: "signed_out", account: null });
});

test("a conflict resolved field by field leaves what was edited since in other fields", async () => {
  const [a, b] = await openDevices(server.app, 2);
  const contacts = a!.sync.collection<Contact>("contacts");
  const id = await contacts.put({ name: "Ada", company: "Analytical", notes: "none" });
  await a!.sync.syncNow();
  await b!.sync.syncNow();
  await b!.sync.collection<Contact>("contacts").patch(id, { name: "Adele", company: "Engines" });
  await contacts.patch(id, { name: "Adam", company: "Machines" });
  await b!.sync.syncNow();
  await a!.sync.syncNow();
  await contacts.patch(id, { notes: "edited since" });
  const [conflict] = await a!.sync.conflicts.list();
  await a!.sync.conflicts.resolve(conflict!.id, { fields: { name: "Adele", company: null } });
  expect(await contacts.get(id)).toEqual({ id, name: "Adele", notes: "edited since" });
  expect(await a!.sync.conflicts.list()).toEqual([]);
});

test("a query that fails keeps what was read, and says why", async () => {
  const { sync, network } = (await openDevices(server.app, 1))[0]!;
  const { devices } = liveViews(sync);
  follow(devices);
  await expect.poll(() => devices.snapshot.value?.length).toBe(1);
  const before = devices.snapshot.value;
  network.fault = () => "drop-request";
  await devices.refresh();
  expect(devices.snapshot).toMatchObject({ error: { code: "OFFLINE" }, isLoading: false });
  expect(devices.snapshot.value).toBe(before);
  network.fault = () => null;
  await devices.refresh();
  expect(devices.snapshot).toEqual({ value: before, error: null, isLoading: false });
});

describe("statistics", () => {
  test("what was sent, received and saved, by data type; kept over a restart", async () => {
    const device = (await openDevices(server.app, 1))[0]!;
    const contacts = device.sync.collection<Contact>("contacts");
    const ids = await contacts.putMany(Array.from({ length: 200 }, (_, i) => ({ name: `contact ${i}` })));
    await device.sync.syncNow();
    const first = await device.sync.statistics();
    const ofFirst = first.dataTypes.find(({ dataType }) => dataType === "contacts")!;
    expect(ofFirst).toMatchObject({ records: 200, savedBytes: 0, lastSyncMs: expect.any(Number) });
    expect(ofFirst.sentBytes).toBeGreaterThan(ofFirst.bytes);
    expect(ofFirst.bytes).toBeGreaterThan(200 * 256);

    await contacts.patch(ids[0]!, { notes: "one of many" });
    await device.sync.syncNow();
    const second = (await device.sync.statistics()).dataTypes.find(({ dataType }) => dataType === "contacts")!;
    const spent = second.sentBytes + second.receivedBytes - ofFirst.sentBytes - ofFirst.receivedBytes;
    expect(second.savedBytes).toBe(second.bytes - spent);
    expect(second.savedBytes).toBeGreaterThan(0.9 * second.bytes);

    await device.sync.syncNow();
    const { savedBytes } = (await device.sync.statistics()).dataTypes.find(({ dataType }) => dataType === "contacts")!;
    expect(savedBytes).toBe(second.savedBytes);

    const before = await device.sync.statistics();
    expect(before.days.map(({ day }) => day)).toEqual([new Date().toISOString().slice(0, 10)]);
    expect(before.total.sentBytes).toBe(device.sync.traffic.sentBytes);
    expect(before.total.receivedBytes).toBe(device.sync.traffic.receivedBytes);
    await device.sync.close();
    const reopened = await openDevice(server.app, { openStore: device.openStore, network: device.network });
    expect(await reopened.sync.statistics()).toEqual(before);
  });
});

describe("settings", () => {
  test("a data type that is paused is neither read nor sent; its edits go out when it is synced again", async () => {
    const [a, b] = await openDevices(server.app, 2);
    await a!.sync.changeSettings({ pausedDataTypes: ["contacts"] });
    expect(a!.sync.settings).toEqual({ isLive: true, pollMs: 60_000, pausedDataTypes: ["contacts"] });
    await a!.sync.collection("contacts").put({ name: "Ada" });
    await a!.sync.collection("signatures").put({ name: "Work", text: "A." });
    await b!.sync.collection("contacts").put({ name: "Bob" });
    await b!.sync.syncNow();
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    expect((await b!.sync.collection("contacts").list()).map((each) => each["name"])).toEqual(["Bob"]);
    expect(await b!.sync.collection("signatures").count()).toBe(1);
    expect(await a!.sync.collection("contacts").count()).toBe(1);
    expect(a!.sync.status.waiting).toBe(1);

    await a!.sync.changeSettings({ pausedDataTypes: [] });
    await a!.sync.syncNow();
    await b!.sync.syncNow();
    for (const { sync } of [a!, b!]) expect(await sync.collection("contacts").count()).toBe(2);
  });

  test("they are kept over a restart, and one that is started begins anew with them", async () => {
    const device = (await openDevices(server.app, 1))[0]!;
    const streams = () => device.network.paths.filter((path) => path === "/sync/events").length;
    await device.sync.changeSettings({ isLive: false, pollMs: 1 });
    expect(device.sync.settings.pollMs).toBe(10_000);
    await device.sync.close();
    const { sync, events } = await openDevice(server.app, { openStore: device.openStore, network: device.network });
    expect(sync.settings).toEqual({ isLive: false, pollMs: 10_000, pausedDataTypes: [] });
    sync.start();
    await expect.poll(() => sync.status.lastSyncMs).not.toBeNull();
    expect(streams()).toBe(0);
    await sync.changeSettings({ isLive: true });
    await expect.poll(streams).toBe(1);
    expect(events.filter(({ type }) => type === "settings")).toHaveLength(1);
    await sync.close();
  });

  test("an unknown data type is refused, and changes nothing", async () => {
    const { sync } = (await openDevices(server.app, 1))[0]!;
    await expect(sync.changeSettings({ pausedDataTypes: ["nothing"] })).rejects.toMatchObject({
      code: "UNKNOWN_DATA_TYPE",
    });
    expect(sync.settings.pausedDataTypes).toEqual([]);
    expect(sync.dataTypes).toEqual(["accounts", "contacts", "preferences", "signatures"]);
  });
});
