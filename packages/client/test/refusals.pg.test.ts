import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineDataType } from "@owlivion/sync-client";
import { limits } from "@owlivion/sync-protocol";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { expectConverged, expectSound, rowsOf, settle } from "./support/household.ts";
import { openDevices, type SyncedDevice } from "./support/people.ts";

// What the server refuses stops nothing else, and is never lost or sent for ever (C-I5 to C-I7).

interface Note {
  readonly text?: string;
}
const options = { dataTypes: [defineDataType<Note>({ name: "contacts" })] as never };

let server: TestServer;
beforeAll(async () => void (server = await startTestServer()));
afterAll(() => server.close());

const notes = ({ sync }: SyncedDevice) => sync.collection<Note>("contacts");
const pushes = ({ network }: SyncedDevice) => network.sent.filter(({ method }) => method === "POST");
const json = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
const refusal = (code: string, details?: unknown) => ({ success: false, error: "refused", code, details });

test("C-I5: the batch in flight goes again with the same key and bytes until it has an answer", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  await notes(a!).putMany([
    { id: "r", text: "one" },
    { id: "s", text: "one" },
  ]);
  await settle(a!, b!);
  await notes(a!).patch("r", { text: "two" });
  const before = pushes(a!).length;
  for (const fault of ["drop-request", "drop-reply", "drop-request", "drop-reply"] as const) {
    a!.network.failOnce("/sync/contacts/delta", fault);
    await expect(a!.sync.syncNow()).rejects.toMatchObject({ code: "OFFLINE" });
    await notes(a!).patch("s", { text: `after ${fault} ${pushes(a!).length}` });
  }
  a!.network.fault = () => null;
  await a!.sync.syncNow();
  const sent = pushes(a!).slice(before);
  const first = sent[0]!;
  for (const request of sent.slice(0, 5)) {
    expect(request.headers["idempotency-key"]).toBe(first.headers["idempotency-key"]);
    expect(request.body.equals(first.body)).toBe(true);
  }
  expect(new Set(sent.map(({ headers }) => headers["idempotency-key"])).size).toBe(2);
  const { rows } = await server.pool.query("select 1 from sync_data_changes where user_id = $1 and record_id = 'r'", [
    a!.sync.account!.accountId,
  ]);
  expect(rows).toHaveLength(2);
  await expectConverged(server.app, [a!, b!], options);
});

test("a reply that comes twice, or late, changes nothing", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  a!.network.fault = ({ method }) => (method === "POST" ? "duplicate" : null);
  await notes(a!).put({ id: "r", text: "one" });
  await a!.sync.syncNow();
  await notes(b!).put({ id: "s", text: "other" });
  await b!.sync.syncNow();
  await notes(a!).patch("r", { text: "two" });
  await a!.sync.syncNow();
  expect(Object.keys(await expectConverged(server.app, [a!, b!], options))).toEqual(["contacts/r", "contacts/s"]);
});

test("a change that the server refuses is held with its reason, and the rest goes on", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  await notes(a!).putMany(["a", "b", "c"].map((id) => ({ id, text: "t" })));
  let isLeft = true;
  a!.network.fault = ({ method }) => {
    if (method !== "POST" || !isLeft) return null;
    isLeft = false;
    return { instead: () => json(400, refusal("INVALID_CHANGES", [{ index: 1, code: "INVALID_ENVELOPE" }])) };
  };
  await settle(a!, b!);
  expect(Object.keys(await expectConverged(server.app, [b!], options))).toEqual(["contacts/a", "contacts/c"]);
  expect(a!.events).toContainEqual({
    type: "edit_held",
    dataType: "contacts",
    recordId: "b",
    reason: "INVALID_ENVELOPE",
  });
  expect(await notes(a!).get("b")).toEqual({ id: "b", text: "t" });
  expect(await notes(a!).state("b")).toMatchObject({ isWaiting: true, heldBecause: "refused", openConflicts: 1 });
  const [conflict] = await a!.sync.conflicts.list();
  await a!.sync.conflicts.resolve(conflict!.id, "local");
  expect(Object.keys(await expectConverged(server.app, [a!, b!], options))).toHaveLength(3);
});

test("a server that refuses changes which were not sent is not asked for ever", async () => {
  const [a] = await openDevices(server.app, 1, options);
  await notes(a!).put({ id: "a", text: "t" });
  let count = 0;
  a!.network.fault = ({ method }) => {
    if (method !== "POST" || (count += 1) > 50) return null;
    return { instead: () => json(400, refusal("INVALID_CHANGES", [{ index: 7, code: "INVALID_ENVELOPE" }])) };
  };
  await a!.sync.syncNow();
  expect(count).toBe(1);
});

test("413 halves until what is too large stands alone; then it is held", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  const ids = Array.from({ length: 9 }, (_, i) => `record number ${i}`);
  await notes(a!).putMany(ids.map((id) => ({ id, text: "t" })));
  a!.network.fault = ({ method, body }) =>
    method === "POST" && body.includes("record number 4")
      ? { instead: () => new Response("too large", { status: 413 }) }
      : null;
  await settle(a!, b!);
  expect(await notes(b!).count()).toBe(8);
  expect(await notes(a!).state("record number 4")).toMatchObject({ heldBecause: "refused" });
  expect(pushes(a!).length).toBeLessThan(16);
});

test("RATE_LIMITED: as long as the server says, and with the same batch", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  await notes(a!).put({ id: "r", text: "t" });
  await a!.sync.syncNow();
  await notes(a!).patch("r", { text: "u" });
  a!.network.failOnce("/sync/contacts/delta", {
    instead: () => json(429, refusal("RATE_LIMITED"), { "retry-after": "17" }),
  });
  await expect(a!.sync.syncNow()).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterMs: 17_000 });
  expect(a!.sync.status).toMatchObject({ state: "offline", reason: { code: "RATE_LIMITED" } });
  a!.network.fault = () => null;
  await a!.sync.syncNow();
  const [before, after] = pushes(a!).slice(-2);
  expect(after!.body.equals(before!.body)).toBe(true);
  await expectConverged(server.app, [a!, b!], options);
});

describe("the quota", () => {
  test("is full: deletions pass, the rest waits and is said, and goes out when there is room", async () => {
    const small = await startTestServer({ config: { quotaRecords: 3 } });
    try {
      const [a, b] = await openDevices(small.app, 2, options);
      await notes(a!).putMany(["a", "b", "c"].map((id) => ({ id, text: "t" })));
      await settle(a!, b!);
      await notes(a!).putMany(["d", "e"].map((id) => ({ id, text: "waits" })));
      await notes(a!).delete("a");
      await a!.sync.syncNow();
      expect((await rowsOf(a!.openStore, "outbox")).map(({ recordId }) => recordId)).toEqual(["d", "e"]);
      const full = { kind: "quota", dataType: "contacts", count: 1 };
      await expect.poll(() => a!.sync.status.attention).toContainEqual(full);
      await notes(a!).delete("b");
      await settle(a!);
      await expect.poll(() => a!.sync.status.attention).toEqual([]);
      expect(Object.keys(await expectConverged(small.app, [a!, b!], options))).toEqual(
        ["c", "d", "e"].map((id) => `contacts/${id}`),
      );
    } finally {
      await small.close();
    }
  });
});

test("records as large as may be go in several batches; a larger one is refused at once", async () => {
  const [a, b] = await openDevices(server.app, 2, options);
  const text = Buffer.from(crypto.getRandomValues(new Uint8Array(65_000))).toString("base64") + "x".repeat(1000);
  const large = text + text.split("").toReversed().join("");
  await notes(a!).putMany(Array.from({ length: 24 }, (_, i) => ({ id: `r${i}`, text: `${i}${large}` })));
  await settle(a!, b!);
  expect(pushes(a!).length).toBeGreaterThan(1);
  expect(await notes(b!).count()).toBe(24);
  const random = Buffer.from(
    Array.from({ length: 5 }, () => crypto.getRandomValues(new Uint8Array(65_000))).flatMap((part) => [...part]),
  ).toString("base64");
  expect(random.length).toBeGreaterThan(limits.maxRecordBytes);
  await expect(notes(a!).put({ id: "huge", text: random })).rejects.toMatchObject({ code: "RECORD_TOO_LARGE" });
  expect(await notes(a!).get("huge")).toBeUndefined();
  expect(await rowsOf(a!.openStore, "outbox")).toEqual([]);
  await expectSound(server.app, b!);
});

test("C-I7: an answer that breaks the protocol in one collection stops no other, and is told", async () => {
  const others = { dataTypes: ["contacts", "signatures"].map((name) => defineDataType<Note>({ name })) as never };
  const [a, b] = await openDevices(server.app, 2, others);
  a!.network.fault = ({ path }) =>
    path.includes("/contacts/delta") ? { instead: () => json(200, { success: true, data: {} }) } : null;
  await notes(a!).put({ id: "r", text: "waits" });
  await a!.sync.collection<Note>("signatures").put({ id: "s", text: "goes out" });
  await expect(a!.sync.syncNow()).rejects.toMatchObject({ code: "INVALID_REPLY" });
  await b!.sync.syncNow();
  expect(await b!.sync.collection<Note>("signatures").get("s")).toEqual({ id: "s", text: "goes out" });
  a!.network.fault = () => null;
  await a!.sync.syncNow();
  await expectConverged(server.app, [a!, b!], others);
});
