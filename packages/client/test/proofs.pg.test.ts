import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { addDevice, collectionOf, expectConverged, expectSound, rowsOf, settle } from "./support/household.ts";
import type { FaultyNetwork } from "./support/faulty-network.ts";
import { prove } from "./support/healing.ts";
import { ManualClock } from "./support/manual-clock.ts";
import { openDevice, openDevices, type SyncedDevice, testPassword } from "./support/people.ts";
import { carefulPerson } from "./support/test-device.ts";

// Head proofs: a device that is idle proves what it has, the others compare (E-I3, M7, M8, M15).

interface Note {
  readonly text?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");
const problems = ({ events }: SyncedDevice) =>
  events.flatMap((event) => (event.type === "integrity" ? [event.problem] : []));

/** An event stream on which nothing ever comes. */
export function silentEvents(network: FaultyNetwork): void {
  network.fault = ({ path }) =>
    path.endsWith("/sync/events")
      ? { instead: () => new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } }) }
      : null;
}

const proofsSent = ({ network }: SyncedDevice) =>
  network.sent.filter(({ method, path }) => method === "PUT" && path.endsWith("/proof"));

/** Lets the device be idle for a moment. */
async function beIdle(device: SyncedDevice): Promise<void> {
  silentEvents(device.network);
  const before = proofsSent(device).length;
  device.sync.start();
  await expect.poll(() => proofsSent(device).length, { timeout: 10_000, interval: 5 }).toBeGreaterThan(before);
  // Stopping sooner would take the proof back that is on its way.
  const isProved = async (): Promise<boolean> => {
    const row = await collectionOf(device);
    return row?.verified?.version === row?.position;
  };
  await expect.poll(isProved, { timeout: 10_000, interval: 5 }).toBe(true);
  await device.sync.stop();
}

async function provedDevices() {
  const [a, b] = await openDevices(server.app, 2, options);
  await notes(a!).putMany(["r", "s", "t"].map((id) => ({ id, text: "t" })));
  await settle(a!, b!);
  await beIdle(a!);
  return [a!, b!] as const;
}

const db = async (device: SyncedDevice, sql: string): Promise<unknown> =>
  await server.pool.query(sql, [device.sync.account!.accountId]);

test("another device verifies the very head, and then asks nothing more", async () => {
  const [a, b] = await provedDevices();
  await b.sync.syncNow();
  expect((await collectionOf(b))?.verified).toMatchObject({ version: 3 });
  const before = b.network.sent.length;
  await b.sync.syncNow();
  expect(b.network.paths.slice(before)).toEqual(["/sync/status"]);
  const c = await addDevice(server.app, a, options);
  await c.sync.syncNow();
  expect((await collectionOf(c))?.verified).toMatchObject({ version: 3 });
  expect([...problems(a), ...problems(b), ...problems(c)]).toEqual([]);
});

test("M7: a record that is left out is an alarm, and nothing local is lost", async () => {
  const [a, b] = await provedDevices();
  await db(a, "delete from sync_data_changes where user_id = $1 and record_id = 's'");
  const c = await addDevice(server.app, a, options);
  await c.sync.syncNow();
  expect(problems(c)).toEqual(["proof_mismatch"]);
  expect((await collectionOf(c))?.alarm).toBe("proof_mismatch");
  await expect
    .poll(() => c.sync.status.attention)
    .toContainEqual({ kind: "integrity", dataType: "contacts", count: 1 });
  await b.sync.syncNow();
  expect(await notes(b).count()).toBe(3);
});

test("a local copy that is damaged is read anew, without an alarm", async () => {
  const [a, b] = await provedDevices();
  for (const damage of ["sum", "row", "hash", "extra"] as const) {
    const store = await b.openStore();
    await store.write(["collections", "records", "views"], async (tx) => {
      const row = (await tx.get("collections", "contacts"))!;
      const [first] = await tx.scan("records", { prefix: "" });
      await tx.put("collections", { ...row, verified: null, ...(damage === "sum" ? { count: 7 } : {}) });
      if (damage === "row") await tx.delete("records", first!.key);
      if (damage === "hash") await tx.put("records", { ...first!, hash: new Uint8Array(32) });
      if (damage === "extra") await tx.put("records", { ...first!, key: "contacts/x", recordId: "x", generation: 0 });
      if (damage !== "sum")
        await tx.put("collections", { ...row, verified: null, setHash: new Uint8Array(32).fill(1) });
    });
    await store.close();
    await b.sync.syncNow();
    await b.sync.syncNow();
    expect(problems(b), damage).toEqual([]);
    expect((await collectionOf(b))?.verified, damage).toMatchObject({ version: 3 });
    expect(await notes(b).count(), damage).toBe(3);
    await expectSound(server.app, b);
    await b.sync.deletions.forget("contacts");
  }
  await expectConverged(server.app, [a, b], options);
});

const dropProofs = "update sync_data set proof = null, proof_version = null, proof_epoch = null where user_id = $1";

test("M8: proofs that were there and are withheld from what is new are an alarm", async () => {
  const [a, b] = await provedDevices();
  await b.sync.syncNow();
  await notes(a).put({ id: "new", text: "new" });
  await a.sync.syncNow();
  await db(a, dropProofs);
  await b.sync.syncNow();
  expect(problems(b)).toEqual(["proof_withheld"]);
});

test("R23: the lost proof of a head that this device has verified is made again, without an alarm", async () => {
  const [a, b] = await provedDevices();
  await b.sync.syncNow();
  await db(a, dropProofs);
  await prove(server.database, b);
  expect(problems(b)).toEqual([]);
  const c = await addDevice(server.app, a, options);
  await c.sync.syncNow();
  expect((await collectionOf(c))?.verified).toMatchObject({ version: 3 });
});

describe("records that a resync does not find again", () => {
  async function purgedBehindTheBack() {
    const [a, b] = await provedDevices();
    await b.sync.syncNow();
    await notes(a).delete("s");
    await a.sync.syncNow();
    await db(a, "update deleted_records set expires_at = 'epoch' where user_id = $1");
    await server.pool.query("select cleanup_expired_deleted_records()");
    return [a, b] as const;
  }

  test("5.4: are forgotten when a head proof of another device verifies without them", async () => {
    const [a, b] = await purgedBehindTheBack();
    await b.sync.syncNow();
    expect(await b.sync.deletions.unconfirmed()).toHaveLength(1);
    await beIdle(a);
    await b.sync.syncNow();
    expect(await b.sync.deletions.unconfirmed()).toEqual([]);
    expect((await rowsOf(b.openStore, "records")).map(({ recordId }) => recordId)).not.toContain("s");
    await expectConverged(server.app, [a, b], options);
  });

  test("5.4: are not proved away by the device itself", async () => {
    const [a, b] = await purgedBehindTheBack();
    const clock = new ManualClock();
    await b.sync.close();
    const again = await openDevice(server.app, {
      ...options,
      openStore: b.openStore,
      network: b.network,
      ports: clock.portsOf(b.network),
    });
    silentEvents(b.network);
    again.sync.start();
    await clock.pass(30_000);
    expect(await again.sync.deletions.unconfirmed()).toHaveLength(1);
    await notes(again).put({ id: "later", text: "t" });
    await clock.pass(30_000);
    expect(await rowsOf(b.openStore, "outbox")).toEqual([]);
    expect(proofsSent(b)).toEqual([]);
    expect(await again.sync.deletions.unconfirmed()).toHaveLength(1);
    // Once the person has decided, it proves like any other.
    await again.sync.deletions.forget("contacts");
    await notes(again).put({ id: "last", text: "t" });
    await clock.pass(30_000);
    expect(proofsSent(b)).not.toEqual([]);
    await again.sync.close();
    await a.sync.syncNow();
    expect(problems(a)).toEqual([]);
  });
});

test("an account that is rebuilt has no proofs yet: that is no alarm", async () => {
  const [a, b] = await provedDevices();
  await b.sync.syncNow();
  const third = await addDevice(server.app, a, options);
  await third.sync.deleteAccount({ password: testPassword });
  await a.sync.syncNow().catch(() => {});
  await a.sync.rebuildAccount({ password: testPassword, recovery: { confirmRecoveryKey: carefulPerson().confirm } });
  await a.sync.syncNow();
  await notes(a).put({ id: "n", text: "t" });
  await a.sync.syncNow();
  await b.sync.syncNow().catch(() => {});
  await b.sync.signIn({ email: b.sync.account!.email, password: testPassword });
  await expectConverged(server.app, [a, b], options);
  expect([...problems(a), ...problems(b)]).toEqual([]);
  await beIdle(a);
  await settle(b);
  expect((await collectionOf(b))?.verified?.version).toBe((await collectionOf(a))?.position);
});

test("M14, M15: a shadow download that never ends is given up", async () => {
  const [a, b] = await provedDevices();
  await b.sync.syncNow();
  const store = await b.openStore();
  await store.write(["collections"], async (tx) => {
    const row = (await tx.get("collections", "contacts"))!;
    await tx.put("collections", { ...row, verified: null, count: 9 });
  });
  await store.close();
  let pages = 0;
  const change = async (reply: Response) => {
    pages += 1;
    if (pages > 100) throw new TypeError("fetch failed");
    const bytes = new Uint8Array(await reply.arrayBuffer());
    const at = Buffer.from(bytes).indexOf("has_more") + 8;
    if (pages > 1) bytes[at] = 0xf5;
    return new Response(bytes, { headers: { "content-type": "application/cbor" } });
  };
  b.network.fault = ({ path }) => (path.includes("cursor=") ? { change } : null);
  await b.sync.syncNow().catch(() => {});
  expect(pages).toBeLessThan(10);
  expect(problems(a)).toEqual([]);
});

test("a device that did not prove is not blamed for another's proof of a later head", async () => {
  const [a, b] = await provedDevices();
  await b.sync.syncNow();
  for (let i = 0; i < 3; i += 1) {
    await notes(b).put({ id: `n${i}`, text: "t" });
    await settle(b, a);
    await beIdle(i % 2 === 0 ? b : a);
    await settle(a, b);
    expect((await collectionOf(a))?.verified?.version).toBe((await collectionOf(b))?.verified?.version);
  }
  expect([...problems(a), ...problems(b)]).toEqual([]);
});
