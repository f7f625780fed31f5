import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineDataType, type OpenStore, SyncError } from "@owlivion/sync-client";
import { memoryStore } from "@owlivion/sync-client/memory";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { crashingStore } from "./support/crashing-store.ts";
import { expectConverged, expectSound, recordsOf, reopen, rowsOf, settle } from "./support/household.ts";
import { openDevice, openDevices, type SyncedDevice, testPassword } from "./support/people.ts";

// Signing out with edits that were never sent keeps them, sealed, for the same account.

interface Note {
  readonly text?: string;
  readonly more?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");
const signIn = async ({ sync }: SyncedDevice) =>
  await sync.signIn({ email: sync.account!.email, password: testPassword });

async function deviceWithEdits(device: SyncedDevice): Promise<void> {
  await notes(device).putMany(["kept", "edited", "deleted"].map((id) => ({ id, text: `text of ${id}` })));
  await device.sync.syncNow();
  await notes(device).patch("edited", { more: "secret words" });
  await notes(device).delete("deleted");
  await notes(device).put({ id: "new", text: "secret words" });
}
const expected = {
  "contacts/edited": { id: "edited", text: "text of edited", more: "secret words" },
  "contacts/kept": { id: "kept", text: "text of kept" },
  "contacts/new": { id: "new", text: "secret words" },
};

test("C-I6: edits that wait are sealed, and nothing readable stays; after signing in they are there and go out", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  await deviceWithEdits(a!);
  expect(await a!.sync.signOut()).toEqual({ unsentEdits: 3 });
  expect(await rowsOf(a!.openStore, "views")).toEqual([]);
  const all = JSON.stringify(
    await Promise.all(
      (["records", "outbox", "conflicts", "meta", "marks"] as const).map((table) => rowsOf(a!.openStore, table)),
    ),
  );
  expect(all).not.toContain("secret words");
  const again = await reopen(server.app, a!, options);
  await signIn(again);
  expect(await recordsOf(again)).toEqual(expected);
  await expectSound(server.app, again);
  expect(await expectConverged(server.app, [again, b!], options)).toEqual(expected);
});

test("what others wrote meanwhile is merged with what was sealed", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  await deviceWithEdits(a!);
  await b!.sync.syncNow();
  await a!.sync.signOut();
  await notes(b!).patch("edited", { text: "from B" });
  await notes(b!).patch("deleted", { more: "from B" });
  await b!.sync.syncNow();
  await signIn(a!);
  await settle(a!, b!);
  expect(await expectConverged(server.app, [a!, b!], options)).toMatchObject({
    "contacts/edited": { text: "from B", more: "secret words" },
    "contacts/deleted": { more: "from B" },
  });
});

test("C-I5: signed out, nothing is edited over what was sealed", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  await deviceWithEdits(a!);
  await a!.sync.signOut();
  await expect(notes(a!).put({ id: "edited", more: "over it" })).rejects.toMatchObject({ code: "LOCKED" });
  await expect(notes(a!).put({ text: "beside it" })).rejects.toMatchObject({ code: "LOCKED" });
  await signIn(a!);
  expect(await expectConverged(server.app, [a!, b!], options)).toEqual(expected);
});

test("C-I8: what a sign-in could not open again is opened by the next sync", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  await deviceWithEdits(a!);
  await a!.sync.signOut();
  await a!.sync.close();
  let isBroken = true;
  const openStore = async () => {
    const store = await a!.openStore();
    const write: typeof store.write = (tables, work) =>
      isBroken && tables.includes("views")
        ? Promise.reject(new SyncError("STORE_UNREADABLE"))
        : store.write(tables, work);
    return new Proxy(store, {
      get(target, name) {
        if (name === "write") return write;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  };
  const again = await openDevice(server.app, { ...options, openStore });
  await expect(signIn(again)).rejects.toMatchObject({ code: "STORE_UNREADABLE" });
  isBroken = false;
  await again.sync.syncNow();
  expect(await recordsOf(again)).toEqual(expected);
  expect(await expectConverged(server.app, [again, b!], options)).toEqual(expected);
});

test("edits made after unlocking take the place of the sealed ones", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  await deviceWithEdits(a!);
  await a!.sync.signOut();
  await signIn(a!);
  await notes(a!).patch("edited", { more: "and again" });
  await notes(a!).delete("new");
  expect(await expectConverged(server.app, [a!, b!], options)).toEqual({
    "contacts/kept": expected["contacts/kept"],
    "contacts/edited": { id: "edited", text: "text of edited", more: "and again" },
  });
});

describe("signing out and in again loses nothing of", () => {
  test("records whose deletion elsewhere waits for the person", async () => {
    const [a, b] = await openDevices(server.app, 2, options);
    await notes(a!).put({ id: "r", text: "visible" });
    await settle(a!, b!);
    const authorization = a!.network.sent.findLast(({ headers }) => headers["authorization"] !== undefined)!.headers[
      "authorization"
    ]!;
    const changes = [{ record_id: "r", change_type: "delete" }];
    const payload = { changes, device_id: a!.sync.account!.deviceId };
    await server.app.inject({
      method: "POST",
      url: "/api/v1/sync/contacts/delta",
      headers: { authorization },
      payload,
    });
    await b!.sync.syncNow();
    await notes(b!).put({ id: "waits", text: "w" });
    await b!.sync.signOut();
    await signIn(b!);
    expect(await notes(b!).get("r")).toEqual({ id: "r", text: "visible" });
    await b!.sync.deletions.reject("contacts");
    expect(Object.keys(await expectConverged(server.app, [b!, a!], options))).toEqual(["contacts/r", "contacts/waits"]);
  });

  test("deletions of this device that wait for the person", async () => {
    const [a, b] = await openDevices(server.app, 2, options);
    const ids = Array.from({ length: 60 }, (_, i) => `r${String(i).padStart(2, "0")}`);
    await notes(a!).putMany(ids.map((id) => ({ id, text: "text" })));
    await settle(a!, b!);
    await notes(a!).deleteMany(ids);
    await a!.sync.signOut();
    await signIn(a!);
    expect(await a!.sync.deletions.held()).toEqual(new Map([["contacts", 60]]));
    await a!.sync.deletions.confirm("contacts");
    await settle(a!, b!);
    expect(await b!.sync.deletions.staged()).toEqual([]);
    expect(await expectConverged(server.app, [a!, b!], options)).toEqual({});
  });

  test("a record that cannot be opened any more, and was visible", async () => {
    const [a, b] = await openDevices(server.app, 2, options);
    await notes(a!).put({ id: "bad", text: "visible" });
    await settle(a!, b!);
    await notes(a!).patch("bad", { text: "tampered with" });
    await a!.sync.syncNow();
    await server.pool.query(
      "update sync_data_changes set encrypted_record = set_byte(encrypted_record, 90, 1) where user_id = $1 and superseded_at is null",
      [a!.sync.account!.accountId],
    );
    await notes(b!).put({ id: "waits", text: "w" });
    b!.network.fault = ({ method }) => (method === "POST" ? "drop-request" : null);
    await b!.sync.syncNow().catch(() => {});
    expect((await notes(b!).state("bad")).mark).toBe("unreadable");
    await b!.sync.signOut();
    b!.network.fault = () => null;
    await signIn(b!);
    expect(await notes(b!).get("bad")).toEqual({ id: "bad", text: "visible" });
  });

  test("the losing side of a conflict, which is not readable meanwhile", async () => {
    const [a, b] = await openDevices(server.app, 2, options);
    await notes(a!).put({ id: "r", text: "t" });
    await settle(a!, b!);
    await notes(a!).patch("r", { text: "the losing side" });
    await a!.sync.syncNow();
    await notes(b!).patch("r", { text: "the winning side" });
    await b!.sync.syncNow();
    await notes(b!).put({ id: "waits", text: "w" });
    const before = await b!.sync.conflicts.list();
    expect(before).toHaveLength(1);
    await b!.sync.signOut();
    expect(JSON.stringify(await rowsOf(b!.openStore, "conflicts"))).not.toContain("the losing side");
    await signIn(b!);
    expect(await b!.sync.conflicts.list()).toEqual(before);
  });
});

test("C-I4, C-I6: a crash before any operation of signing out loses no edit, once signed in again", async () => {
  const [first] = await openDevices(server.app, 1, options);
  const email = first!.sync.account!.email;
  const store = crashingStore(memoryStore());
  let device = await openDevice(server.app, { ...options, openStore: store.open });
  await device.sync.signIn({ email, password: testPassword });
  for (let at = 1, isOver = false; !isOver; at += 1) {
    expect(at).toBeLessThan(400);
    const records = ["one", "two"].map((id) => ({ id, text: `waits ${at}` }));
    await notes(device).putMany(records);
    store.crashAt(at, { commit: at % 2 === 0 ? "lost" : "kept" });
    await device.sync.signOut().catch(() => {});
    isOver = !store.isCrashed;
    await store.restart();
    device = await openDevice(server.app, { ...options, openStore: store.open, network: device.network });
    expect(device.sync.account, `after a crash at ${at}`).not.toBeNull();
    await device.sync.signIn({ email, password: testPassword }).catch(() => {});
    for (const record of records) expect(await notes(device).get(record.id), `after a crash at ${at}`).toEqual(record);
    await device.sync.syncNow();
    await expectSound(server.app, device);
  }
  await expectConverged(server.app, [device, first!], options);
});

test("C-I4: a crash in the middle of signing out keeps what was edited before, also without signing in", async () => {
  const store = crashingStore(memoryStore());
  let device = await openDevice(server.app, { ...options, openStore: store.open });
  const [first] = await openDevices(server.app, 1, options);
  await device.sync.signIn({ email: first!.sync.account!.email, password: testPassword });
  await notes(device).put({ id: "r", text: "acknowledged" });
  await device.sync.syncNow();
  for (let at = 1; at < 40; at += 1) {
    await notes(device).patch("r", { text: `edited ${at}` });
    store.crashAt(at);
    await device.sync.signOut().catch(() => {});
    await store.restart();
    const again = await openDevice(server.app, { ...options, openStore: store.open, network: device.network });
    if (again.sync.status.state === "locked")
      await again.sync.signIn({ email: again.sync.account!.email, password: testPassword });
    expect(await notes(again).get("r"), `after a crash at ${at}`).toEqual({ id: "r", text: `edited ${at}` });
    device = again;
  }
});

test("C-I5: an edit in another tab, between any two steps of signing out, is refused or there after signing in", async () => {
  let accepted = 0;
  for (let at = 1, hasBeen = true; hasBeen; at += 1) {
    const shared = memoryStore();
    const between = { left: Infinity, run: async () => {} };
    const openStore: OpenStore = async () => {
      const store = await shared();
      return new Proxy(store, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name, target);
          if (typeof method !== "function") return method;
          if (name !== "write" && name !== "read") return method.bind(target) as unknown;
          return async (...args: unknown[]) => {
            between.left -= 1;
            if (between.left === 0) await between.run();
            return await (Reflect.apply(method, target, args) as Promise<unknown>);
          };
        },
      });
    };
    const [first] = await openDevices(server.app, 1, { ...options, openStore });
    await notes(first!).put({ id: "sent", text: "sent" });
    await first!.sync.syncNow();
    const { email } = first!.sync.account!;
    const second = await openDevice(server.app, { ...options, openStore: shared });
    const edits = { isAccepted: false };
    between.left = at;
    between.run = async () => {
      try {
        await notes(second).put({ id: "late", text: "late" });
        edits.isAccepted = true;
      } catch (error) {
        expect(["LOCKED", "STORE_LOCKED", "NOT_SIGNED_IN"]).toContain((error as SyncError).code);
      }
    };
    await first!.sync.signOut();
    hasBeen = between.left <= 0;
    if (edits.isAccepted) accepted += 1;
    await first!.sync.signIn({ email, password: testPassword });
    await first!.sync.syncNow();
    const ids = (await notes(first!).list()).map(({ id }) => id).sort();
    expect({ at, ids }).toEqual({ at, ids: edits.isAccepted ? ["late", "sent"] : ["sent"] });
    await first!.sync.close();
    await second.sync.close();
  }
  expect(accepted).toBeGreaterThan(3);
});

test("C-I5: an edit whose promise resolves during a sign-out is kept, and shown after signing in", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  const written: Record<string, unknown> = {};
  for (let delay = 0; delay < 60; delay += 1) {
    if (delay % 2 === 0) await notes(a!).put({ id: "unsent", text: `${delay}` });
    else await a!.sync.syncNow();
    const leaving = a!.sync.signOut();
    for (let i = 0; i < delay; i += 1) await Promise.resolve();
    const id = `r${delay}`;
    const isWritten = await notes(a!)
      .put({ id, text: "written" })
      .then(
        () => true,
        () => false,
      );
    await leaving;
    if (isWritten) written[`contacts/${id}`] = { id, text: "written" };
    await a!.sync.signIn({ email: b!.sync.account!.email, password: testPassword });
    await a!.sync.syncNow();
    expect(await recordsOf(a!)).toMatchObject(written);
  }
  expect(Object.keys(written)).not.toEqual([]);
  await expectConverged(server.app, [a!, b!], options);
}, 60_000);
