import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Account, Contact, Preference, Signature } from "@owlivion/sync-client";
import { memoryStore } from "@owlivion/sync-client/memory";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import type { FaultyNetwork } from "./support/faulty-network.ts";
import {
  addDevice,
  collectionOf,
  expectConverged,
  expectSound,
  recordsOf,
  rowsOf,
  settle,
} from "./support/household.ts";
import { openDevice, openDevices, type SyncedDevice } from "./support/people.ts";

// What an earlier client did wrong, R1 to R22, where the session, the data types and the engine meet. More of it is proved
// beside the code: R4, R5, R19, R22 in session.pg.test.ts, R17 in crashes.pg.test.ts, R20 in canaries.pg.test.ts.

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const contacts = ({ sync }: SyncedDevice) => sync.collection<Contact>("contacts");
const writes = ({ sent }: FaultyNetwork) =>
  sent.filter(({ method, path }) => method !== "GET" && path.includes("/sync/"));
const all = ["accounts", "contacts", "preferences", "signatures"];

test("R1 a mistyped password on a second device destroys nothing: neither device uploads over the other", async () => {
  const [a] = await openDevices(server.app, 1);
  await contacts(a!).put({ name: "Ada", emails: ["ada@example.com"] });
  await a!.sync.syncNow();
  const b = await openDevice(server.app);
  const email = a!.sync.account!.email;
  await expect(b.sync.signIn({ email, password: "a long enough secret of the tesst" })).rejects.toMatchObject({
    code: "INVALID_CREDENTIALS",
  });
  await expect(contacts(b).put({ name: "Byron" })).rejects.toMatchObject({ code: expect.any(String) });
  await expect(b.sync.syncNow()).rejects.toMatchObject({ code: "NOT_SIGNED_IN" });
  expect(writes(b.network)).toEqual([]);
  expect(Object.values(await expectConverged(server.app, [a!]))).toMatchObject([{ name: "Ada" }]);
});

test.each([
  ["R2 404 of a wrong path", () => new Response("not found", { status: 404 })],
  ["R2 404 of the server itself", () => json(404, { success: false, error: "x", code: "NOT_FOUND" })],
  [
    "R3 a success that is garbage",
    () => new Response("\u0000garbage", { headers: { "content-type": "application/cbor" } }),
  ],
  ["R3 a success that is empty", () => json(200, { success: true, data: {} })],
])("%s is not an empty collection: nothing is uploaded, nothing is lost", async (_, answer) => {
  const [a, b] = await openDevices(server.app, 2);
  await contacts(a!).put({ name: "Ada", emails: ["ada@example.com"] });
  await settle(a!, b!);
  for (const device of [a!, b!]) {
    const before = await recordsOf(device);
    const sent = device.network.sent.length;
    device.network.fault = ({ method, path }) =>
      method === "GET" && path.includes("/sync/") ? { instead: answer } : null;
    await device.sync.syncNow().catch(() => {});
    expect(writes({ sent: device.network.sent.slice(sent) } as never)).toEqual([]);
    expect(await recordsOf(device)).toEqual(before);
    device.network.fault = () => null;
  }
  // A fresh device says that it failed. Only where the server says that nobody ever wrote has it nothing to compare with.
  const c = await addDevice(server.app, a!);
  c.network.fault = ({ path }) => (path.includes("/sync/contacts") ? { instead: answer } : null);
  const outcome = await c.sync.syncNow().then(
    ({ failures }) => failures.length,
    () => "refused",
  );
  expect(outcome).not.toBe(0);
  await expectConverged(server.app, [a!, b!]);
});

test("R3 an answer that says there never was anything brings no upload of what was acknowledged", async () => {
  const [a] = await openDevices(server.app, 1);
  await contacts(a!).put({ name: "Ada", emails: ["ada@example.com"] });
  await a!.sync.syncNow();
  const before = writes(a!.network).length;
  a!.network.fault = ({ path }) =>
    path.endsWith("/sync/status")
      ? { change: async (reply) => json(200, { success: true, data: nulled((await reply.json()).data) }) }
      : null;
  await a!.sync.syncNow();
  expect(writes(a!.network)).toHaveLength(before);
  expect(await contacts(a!).count()).toBe(1);
});

test("R6, R7 ciphertexts of two records cannot change places, whatever checksum goes with them", async () => {
  const [a, b] = await openDevices(server.app, 2);
  const ids = [await contacts(a!).put({ name: "Ada" }), await contacts(a!).put({ name: "Byron" })];
  await a!.sync.syncNow();
  await server.pool.query(
    `with swapped as (select record_id, encrypted_record, record_nonce, record_checksum from sync_data_changes where user_id = $1)
     update sync_data_changes c set encrypted_record = s.encrypted_record, record_nonce = s.record_nonce, record_checksum = s.record_checksum
       from swapped s where c.user_id = $1 and s.record_id <> c.record_id`,
    [a!.sync.account!.accountId],
  );
  await b!.sync.syncNow();
  expect(await contacts(b!).list()).toEqual([]);
  for (const id of ids) expect(await contacts(b!).state(id)).toMatchObject({ mark: "unreadable" });
  await contacts(a!).patch(ids[0]!, { notes: "still Ada" });
  await settle(a!, b!);
  expect(await contacts(b!).get(ids[0]!)).toMatchObject({ name: "Ada", notes: "still Ada" });
});

test("R8 accounts added on two devices offline are both there everywhere", async () => {
  const [a, b] = await openDevices(server.app, 2);
  await a!.sync.collection<Account>("accounts").put({ email: "one@example.com" });
  await b!.sync.collection<Account>("accounts").put({ email: "two@example.com" });
  const records = await expectConverged(server.app, [a!, b!], { of: all });
  expect(
    Object.values(records)
      .map((record) => (record as Account).email)
      .toSorted(),
  ).toEqual(["one@example.com", "two@example.com"]);
});

test("R9 a fresh device with defaults and one signature overwrites neither the settings nor the five signatures", async () => {
  const [a] = await openDevices(server.app, 1);
  for (let i = 0; i < 5; i += 1) {
    await a!.sync.collection<Signature>("signatures").put({ name: `Signature ${i}`, text: `${i}` });
  }
  await a!.sync.collection<Preference>("preferences").put({ key: "theme", value: "dark" });
  await a!.sync.syncNow();
  const fresh = await addDevice(server.app, a!);
  await fresh.sync.collection<Preference>("preferences").putDefault({ key: "theme", value: "light" });
  await fresh.sync.collection<Signature>("signatures").put({ name: "Mine", text: "6" });
  const records = await expectConverged(server.app, [fresh, a!], { of: all });
  expect(Object.values(records)).toHaveLength(7);
  expect(Object.values(records)).toContainEqual(expect.objectContaining({ key: "theme", value: "dark" }));
});

test("R10 'keep mine' is about one record, and sends what is shown", async () => {
  const [a, b] = await openDevices(server.app, 2);
  const signaturesOf = ({ sync }: SyncedDevice) => sync.collection<Signature>("signatures");
  const [first, second] = await signaturesOf(a!).putMany([
    { name: "Work", text: "w" },
    { name: "Home", text: "h" },
  ]);
  await settle(a!, b!);
  await signaturesOf(a!).patch(first!, { text: "from A" });
  await signaturesOf(a!).patch(second!, { text: "home of A" });
  await a!.sync.syncNow();
  await signaturesOf(b!).patch(first!, { text: "from B" });
  await b!.sync.syncNow();
  const [conflict] = await b!.sync.conflicts.list();
  await b!.sync.conflicts.resolve(conflict!.id, "remote");
  await b!.sync.conflicts.resolve(conflict!.id, "local").catch((error: { code: string }) => {
    expect(error.code).toBe("CONFLICT_NOT_FOUND");
  });
  const records = await expectConverged(server.app, [b!, a!], { of: all });
  expect(records[`signatures/${first}`]).toMatchObject({ text: "from A" });
  expect(records[`signatures/${second}`]).toMatchObject({ text: "home of A" });
});

test("R11 a deletion arrives on every device and stays", async () => {
  const [a, b, c] = await openDevices(server.app, 3);
  const id = await contacts(a!).put({ name: "Ada", emails: ["ada@example.com"] });
  await settle(a!, b!, c!);
  await contacts(b!).delete(id);
  await settle(b!, a!, c!);
  for (let i = 0; i < 3; i += 1) await settle(c!, a!, b!);
  expect(await expectConverged(server.app, [a!, b!, c!])).toEqual({});
});

test("R12, R13 the same contact put again and again is one record, no further change, and no conflict", async () => {
  const [a, b] = await openDevices(server.app, 2);
  const contact = { name: "Ada", emails: ["ada@example.com"], phones: [{ value: "1" }] } as never;
  for (let i = 0; i < 3; i += 1) {
    for (const device of [a!, b!]) {
      await contacts(device).put(contact);
      await device.sync.syncNow();
    }
  }
  const records = await expectConverged(server.app, [a!, b!]);
  expect(Object.keys(records)).toHaveLength(1);
  // The second device had not seen the first one: its stamps are newer, and nothing else.
  expect((await collectionOf(a!))?.position).toBeLessThanOrEqual(2);
  for (const device of [a!, b!]) expect(await device.sync.conflicts.list()).toEqual([]);
});

test("R14 edits of the very moment of a sync are sent: before, during and right after an upload", async () => {
  const [a, b] = await openDevices(server.app, 2);
  const id = await contacts(a!).put({ name: "Ada" });
  await a!.sync.syncNow();
  await contacts(a!).patch(id, { notes: "before" });
  a!.network.fault = ({ method }) =>
    method === "POST" ? { before: async () => await contacts(a!).patch(id, { company: "during" }) } : null;
  const running = a!.sync.syncNow();
  await running;
  a!.network.fault = () => null;
  await contacts(a!).patch(id, { nickname: "after" } as never);
  const records = await expectConverged(server.app, [a!, b!]);
  expect(Object.values(records)).toMatchObject([{ notes: "before", company: "during", nickname: "after" }]);
});

test("R15 a sync of one change sends one change, and no blob is ever made or touched", async () => {
  const [a, b] = await openDevices(server.app, 2);
  await contacts(a!).putMany(Array.from({ length: 200 }, (_, i) => ({ name: `Person ${i}` })));
  await settle(a!, b!);
  const [first] = await contacts(b!).list();
  await contacts(b!).patch(first!.id, { notes: "one" });
  const before = b!.network.sent.length;
  await b!.sync.syncNow();
  const sent = b!.network.sent.slice(before).filter(({ method }) => method === "POST");
  expect(sent.map(({ path }) => path)).toEqual(["/api/v1/sync/contacts/delta"]);
  expect(sent[0]!.body.length).toBeLessThan(2_000);
  for (const { network } of [a!, b!]) expect(network.paths.join(" ")).not.toMatch(/upload|download/);
  const blobs = await server.pool.query("select 1 from sync_blobs where user_id = $1", [a!.sync.account!.accountId]);
  expect(blobs.rows).toEqual([]);
});

test("R16 an upload that failed never puts an old state over a newer one, however often it is tried", async () => {
  const [a, b] = await openDevices(server.app, 2);
  const id = await contacts(a!).put({ name: "Ada", notes: "0" });
  await settle(a!, b!);
  await contacts(a!).patch(id, { notes: "old" });
  for (let i = 0; i < 8; i += 1) {
    a!.network.fault = ({ method }) => (method === "POST" ? (i % 2 === 0 ? "drop-request" : "drop-reply") : null);
    await a!.sync.syncNow().catch(() => {});
  }
  a!.network.fault = () => null;
  await contacts(a!).patch(id, { notes: "new" });
  await contacts(b!).patch(id, { company: "B" });
  await settle(b!, a!);
  const records = await expectConverged(server.app, [a!, b!]);
  expect(Object.values(records)).toMatchObject([{ notes: "new", company: "B" }]);
  expect(await a!.sync.conflicts.list()).toEqual([]);
});

test("R16 two that sync one store at once send nothing twice", async () => {
  const [a] = await openDevices(server.app, 1, { openStore: memoryStore() });
  const twin = await openDevice(server.app, { openStore: a!.openStore });
  await contacts(a!).putMany(Array.from({ length: 5 }, (_, i) => ({ name: `Person ${i}` })));
  await Promise.all([a!.sync.syncNow(), twin.sync.syncNow()]);
  expect((await collectionOf(a!))?.position).toBe(5);
  await expectSound(server.app, a!);
  await twin.sync.close();
});

test("R21 a record of any size the server sends is refused before it is opened, and the others come", async () => {
  const [a, b] = await openDevices(server.app, 2);
  const id = await contacts(a!).put({ name: "Ada" });
  const good = await contacts(a!).put({ name: "Byron" });
  await a!.sync.syncNow();
  await server.pool.query(
    "update sync_data_changes set encrypted_record = encrypted_record || decode(repeat('00', 200000), 'hex') where user_id = $1 and record_id = $2",
    [a!.sync.account!.accountId, id],
  );
  await b!.sync.syncNow();
  expect(Object.keys(await recordsOf(b!))).toEqual([`contacts/${good}`]);
  expect(await contacts(b!).state(id)).toMatchObject({ mark: "unreadable" });
});

describe("R22", () => {
  test("all data types are synced, in the background too, by one device that stays the same", async () => {
    const [a, b] = await openDevices(server.app, 2);
    await a!.sync.collection<Account>("accounts").put({ email: "one@example.com" });
    await a!.sync.collection<Preference>("preferences").put({ key: "theme", value: "dark" });
    await a!.sync.collection<Signature>("signatures").put({ name: "Work", text: "w" });
    await contacts(a!).put({ name: "Ada" });
    a!.network.fault = ({ path }) =>
      path.endsWith("/sync/events")
        ? { instead: () => new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } }) }
        : null;
    a!.sync.start();
    await expect.poll(async () => (await rowsOf(a!.openStore, "outbox")).length, { interval: 5 }).toBe(0);
    await a!.sync.stop();
    const records = await expectConverged(server.app, [a!, b!], { of: all });
    expect(Object.keys(records)).toHaveLength(4);
    expect((await a!.sync.devices()).length).toBe(3);
  });
});

function json(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

const nulled = (data: object): object => Object.fromEntries(Object.keys(data).map((name) => [name, null]));
