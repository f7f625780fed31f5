import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { FaultyNetwork } from "./support/faulty-network.ts";
import { expectConverged, reopen, rowsOf, settle } from "./support/household.ts";
import { ManualClock, turn } from "./support/manual-clock.ts";
import { openDevice, openDevices, type SyncedDevice, testPassword } from "./support/people.ts";

// The loop: when it runs, what it does when it may not, and that nothing of it is left when it ends.

interface Note {
  readonly text?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");
/** A started device whose event stream is open and says nothing. */
async function startedDevice() {
  const clock = new ManualClock();
  const [other] = await openDevices(server.app, 1, options);
  const network = new FaultyNetwork(server.app);
  const device = await openDevice(server.app, { ...options, network, ports: clock.portsOf(network) });
  device.network.serverNow = () => clock.nowMs;
  await device.sync.signIn({ email: other!.sync.account!.email, password: testPassword });
  const stream = { isRefused: false, end: (): void => {} };
  const silence = () => {
    const body = new ReadableStream({ start: (controller) => void (stream.end = () => controller.close()) });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  };
  const fault: SyncedDevice["network"]["fault"] = ({ path }) => {
    if (!path.endsWith("/sync/events")) return null;
    return stream.isRefused ? "drop-request" : { instead: silence };
  };
  device.network.fault = fault;
  device.sync.start();
  await clock.pass(5_000);
  return { clock, device, other: other!, stream, fault };
}
const synced = (device: SyncedDevice) => device.network.paths.filter((path) => path !== "/sync/events").length;
const json = (status: number, code: string, headers = {}) =>
  new Response(JSON.stringify({ success: false, error: code, code }), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });

test("5.1: an edit goes out at once, and while typing goes on once in two seconds", async () => {
  const { clock, device } = await startedDevice();
  const pushes = () => device.network.sent.filter(({ method }) => method === "POST").length;
  await clock.pass(10_000);
  const before = pushes();
  for (let i = 0; i < 40; i += 1) {
    await notes(device).put({ id: "r", text: `${i}` });
    await clock.pass(100);
  }
  expect(pushes() - before).toBeGreaterThanOrEqual(2);
  expect(pushes() - before).toBeLessThanOrEqual(4);
  await clock.pass(3_000);
  expect(await rowsOf(device.openStore, "outbox")).toEqual([]);
  await device.sync.close();
});

test.each([
  ["a server that refuses the request", () => json(400, "INVALID_REQUEST")],
  ["an account that the operator disabled", () => json(403, "ACCOUNT_DISABLED")],
  ["a server that is full of faults", () => json(500, "INTERNAL_ERROR")],
  ["no network", () => "drop-request" as const],
  ["a page of somebody else", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
])("C-I7: %s is not asked in a tight loop, and edits go out when it is over", async (_, answer) => {
  const { clock, device, other, fault } = await startedDevice();
  device.network.fault = (request) => {
    if (request.path.endsWith("/sync/events")) return fault(request);
    const fails = answer();
    return fails === "drop-request" ? fails : { instead: () => fails };
  };
  const before = synced(device);
  await notes(device).put({ id: "r", text: "waits" });
  await clock.pass(60_000);
  expect(synced(device) - before).toBeGreaterThan(0);
  expect(synced(device) - before).toBeLessThan(25);
  device.network.fault = fault;
  if (device.sync.account?.endedBy != null) {
    await device.sync.signIn({ email: device.sync.account.email, password: testPassword });
  }
  await clock.pass(20 * 60_000);
  expect(await rowsOf(device.openStore, "outbox")).toEqual([]);
  await settle(other);
  expect(await notes(other).get("r")).toBeDefined();
  await device.sync.close();
  expect(clock.timers.size).toBe(0);
});

test("RATE_LIMITED: nothing is sent before Retry-After is over", async () => {
  const { clock, device, fault } = await startedDevice();
  device.network.fault = (request) =>
    request.path.endsWith("/sync/events")
      ? fault(request)
      : { instead: () => json(429, "RATE_LIMITED", { "retry-after": "120" }) };
  await notes(device).put({ id: "r", text: "waits" });
  await clock.pass(3_000);
  const before = synced(device);
  device.network.fault = fault;
  await notes(device).put({ id: "s", text: "waits" });
  await clock.pass(110_000);
  expect(synced(device)).toBe(before);
  await clock.pass(45_000);
  expect(await rowsOf(device.openStore, "outbox")).toEqual([]);
  await device.sync.close();
});

test("when events stop coming it polls, within a minute", async () => {
  const { clock, device, other, stream } = await startedDevice();
  await clock.pass(2 * 60_000);
  stream.isRefused = true;
  stream.end();
  await clock.pass(5_000);
  await notes(other).put({ id: "r", text: "news" });
  await other.sync.syncNow();
  await clock.pass(65_000);
  expect(await notes(device).get("r")).toBeDefined();
  await device.sync.close();
});

test("signed in again after the session was ended, it goes on at once", async () => {
  const { clock, device, other } = await startedDevice();
  await other.sync.revokeDevice(device.sync.account!.deviceId, { password: testPassword });
  await notes(device).put({ id: "r", text: "waits" });
  await clock.pass(10_000);
  expect(device.sync.account?.endedBy).not.toBeNull();
  await device.sync.signIn({ email: device.sync.account!.email, password: testPassword });
  await clock.pass(3_000);
  expect(await rowsOf(device.openStore, "outbox")).toEqual([]);
  await device.sync.close();
});

test("closing ends everything: no timer is left, and every promise settles", async () => {
  const { clock, device } = await startedDevice();
  await notes(device).put({ id: "r", text: "t" });
  device.network.fault = () => ({ before: turn });
  const running = device.sync.syncNow().then(
    () => "done",
    (error: { code: string }) => error.code,
  );
  const edit = notes(device)
    .put({ id: "s", text: "t" })
    .catch((error: { code: string }) => error.code);
  await device.sync.close();
  await clock.pass(0);
  expect(["done", "CANCELLED", "STORE_CLOSED", "SYNC_CLOSED"]).toContain(await running);
  await edit;
  await clock.pass(10 * 60_000);
  expect(clock.timers.size).toBe(0);
  expect(device.sync.status.state).toBe("closed");
});

describe("two tabs on one store", () => {
  async function twoTabs() {
    const [a, b] = await openDevices(server.app, 2, options);
    const tab = await openDevice(server.app, { ...options, openStore: a!.openStore });
    return { a: a!, tab, b: b! };
  }

  test("both see what either writes and what comes from elsewhere; syncing together sends each edit once", async () => {
    const { a, tab, b } = await twoTabs();
    const seen: number[] = [];
    notes(tab).subscribe((list) => seen.push(list.length));
    await notes(a).put({ id: "a", text: "from a" });
    await notes(tab).put({ id: "t", text: "from the tab" });
    await Promise.all([a.sync.syncNow(), tab.sync.syncNow(), a.sync.syncNow()]);
    await notes(b).put({ id: "b", text: "from b" });
    await b.sync.syncNow();
    await a.sync.syncNow();
    await expect.poll(() => seen.at(-1)).toBe(3);
    const { rows } = await server.pool.query("select 1 from sync_data_changes where user_id = $1", [
      a.sync.account!.accountId,
    ]);
    expect(rows).toHaveLength(3);
    await expectConverged(server.app, [a, b], options);
    await tab.sync.close();
  });

  test("one of them syncs, the other when it is gone; an edit in either goes out", async () => {
    const { a, tab, b } = await twoTabs();
    const silence = () => new Response(new ReadableStream({}), { headers: { "content-type": "text/event-stream" } });
    for (const { network } of [a, tab]) {
      network.fault = ({ path }) => (path.endsWith("/sync/events") ? { instead: silence } : null);
    }
    a.sync.start();
    await expect.poll(() => a.network.paths, { interval: 5 }).toContain("/sync/events");
    tab.sync.start();
    await notes(tab).put({ id: "t", text: "from the tab" });
    await expect.poll(async () => (await rowsOf(a.openStore, "outbox")).length, { interval: 5 }).toBe(0);
    expect(tab.network.paths.filter((path) => path !== "/auth/refresh")).toEqual([]);
    await a.sync.close();
    await expect.poll(() => tab.network.paths, { interval: 5 }).toContain("/sync/events");
    await notes(tab).put({ id: "u", text: "later" });
    await expect.poll(async () => (await rowsOf(tab.openStore, "outbox")).length, { interval: 5 }).toBe(0);
    await b.sync.syncNow();
    expect(await notes(b).count()).toBe(2);
    await tab.sync.close();
  });
});

test("a session that was ended elsewhere is an error, whichever request met it, after a restart too, until signed in again", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  const { email, deviceId } = a!.sync.account!;
  await b!.sync.revokeDevice(deviceId, { password: testPassword });
  await expect(a!.sync.devices()).rejects.toThrow();
  expect(a!.sync.status).toMatchObject({ state: "error", error: { code: "SESSION_REVOKED" } });
  const again = await reopen(server.app, a!, options);
  expect(again.sync.status).toMatchObject({ state: "error", error: { code: "SESSION_REVOKED" } });
  await again.sync.signIn({ email, password: testPassword });
  expect(again.sync.status.state).toBe("idle");
  await again.sync.close();
});
