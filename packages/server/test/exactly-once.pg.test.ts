import { hash, randomBytes, randomUUID } from "node:crypto";
import { Encoder } from "cbor-x";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Api } from "./support/api.ts";
import { uploadedChange, type ChangeInput } from "./support/batches.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { idsOf, syncClient, type SyncClient } from "./support/sync-client.ts";

let server: TestServer;
let api: Api;
let client: SyncClient;
let other: SyncClient;

beforeAll(async () => {
  server = await startTestServer();
  api = await Api.of(server.app);
});
afterAll(() => server.close());
beforeEach(async () => {
  const account = await server.register();
  client = syncClient(api, account);
  other = syncClient(api, await server.signIn(account, { device_id: randomUUID() }));
});

const nonce = () => randomBytes(24);
const epochOf = async () => (await client.page({ cursor: "initial", limit: 1 })).epoch;
const headOf = async () => (await client.page({ cursor: "initial", limit: 1 })).head;

/** Every form of upload, on top of `existing` at version 1 and the tombstone of `dead` at version 3. */
const uploads: Record<string, (epoch: string) => { changes: ChangeInput[]; epoch?: string }> = {
  "inserts and updates": () => ({
    changes: [
      { id: "new", text: "1", nonce: nonce() },
      { id: "existing", text: "2", nonce: nonce() },
    ],
  }),
  "two changes of one record": () => ({
    changes: [
      { id: "new", text: "1", nonce: nonce() },
      { id: "new", text: "2", nonce: nonce() },
    ],
  }),
  "a change and the deletion of one record": () => ({
    changes: [
      { id: "new", text: "1", nonce: nonce() },
      { id: "new", type: "delete" },
    ],
  }),
  deletions: () => ({
    changes: [
      { id: "existing", type: "delete" },
      { id: "unknown", type: "delete" },
    ],
  }),
  "a sealed deletion": () => ({ changes: [{ id: "existing", type: "delete", text: "sealed", nonce: nonce() }] }),
  "a record that comes back": () => ({ changes: [{ id: "dead", text: "1", nonce: nonce() }] }),
  "compare and set": (epoch) => ({
    epoch,
    changes: [
      { id: "new", text: "1", nonce: nonce(), base: 0 },
      { id: "existing", text: "2", nonce: nonce(), base: 1 },
      { id: "dead", text: "3", nonce: nonce(), base: 3 },
    ],
  }),
  "compare and set, some of it in conflict": (epoch) => ({
    epoch,
    changes: [
      { id: "new", text: "1", nonce: nonce(), base: 0 },
      { id: "existing", text: "2", nonce: nonce(), base: 9 },
    ],
  }),
};

describe.each(Object.keys(uploads))("a retry of %s", (name) => {
  let body: { device_id: string; changes: object[]; epoch?: string };
  beforeEach(async () => {
    await client.accepted([{ id: "existing", text: "0" }]);
    await client.accepted([
      { id: "dead", text: "0" },
      { id: "dead", type: "delete" },
    ]);
    const { changes, epoch } = uploads[name]!(await epochOf());
    body = {
      device_id: client.deviceId,
      changes: changes.map(uploadedChange),
      ...(epoch === undefined ? {} : { epoch }),
    };
  });

  test("R11 with a key has the same results byte for byte, whatever happened since", async () => {
    const first = await client.send(body, { key: "k" });
    expect(first.status).toBe(200);
    const head = await headOf();
    for (const meanwhile of [null, "text", "deleted"]) {
      if (meanwhile !== null) {
        const type = meanwhile === "deleted" ? { type: "delete" as const } : { text: meanwhile };
        await other.accepted(["new", "existing", "dead"].map((id) => ({ id, ...type })));
      }
      const before = await headOf();
      const again = await client.send(body, { key: "k" });
      expect(again.status).toBe(200);
      expect(JSON.stringify(again.data.results)).toBe(JSON.stringify(first.data.results));
      expect(again.data).toMatchObject({ version: head, synced_at: first.data.synced_at });
      expect(await headOf()).toBe(before);
    }
  });

  test("R6 without a key, at once, changes nothing", async () => {
    const first = await client.send(body);
    const head = await headOf();
    const again = await client.send(body);
    expect(again.status).toBe(200);
    // Two changes of one record replay as themselves; all the others are seen to be there already.
    if (!name.includes("of one record")) {
      expect(await headOf()).toBe(head);
      expect(again.data.results.map(({ status }) => status)).not.toContain("applied");
      expect(again.data.processed_count).toBe(first.data.processed_count);
    }
    expect((await client.walk({ cursor: "initial" })).state.size).toBe(
      first.data.version === 0 ? 0 : (await client.status())["contacts"]!.record_count,
    );
  });

  test("R11 twins that arrive at once are applied once", async () => {
    const twins = await Promise.all(Array.from({ length: 6 }, () => client.send(body, { key: "k" })));
    expect(new Set(twins.map(({ data }) => JSON.stringify(data.results))).size).toBe(1);
    const applied = twins[0]!.data.results.filter(({ status }) => status === "applied").length;
    expect(await headOf()).toBe(3 + applied);
  });
});

test("R11 a replay in CBOR of a batch in CBOR; the same batch in JSON is another body", async () => {
  const record = Buffer.from("x");
  const body = {
    device_id: client.deviceId,
    changes: [
      {
        record_id: "a",
        change_type: "insert",
        encrypted_record: record,
        record_nonce: nonce(),
        record_checksum: hash("sha256", record, "buffer"),
      },
    ],
  };
  const bytes = new Encoder({ useRecords: false, tagUint8Array: false }).encode(body);
  const headers = { "content-type": "application/cbor", accept: "application/cbor" };
  const first = await client.send(bytes, { key: "k", headers });
  const again = await client.send(bytes, { key: "k", headers });
  expect(first.status).toBe(200);
  expect(again.bytes.equals(first.bytes)).toBe(true);
  const json = await client.push([{ id: "a", text: "x" }], { key: "k" });
  expect(json).toMatchObject({ status: 422, code: "IDEMPOTENCY_KEY_REUSED" });
});

test("R11 a key with another body is refused, also for another data type; another device's key is another key", async () => {
  await client.accepted([{ id: "a", text: "1" }], { key: "k" });
  const reused = { status: 422, code: "IDEMPOTENCY_KEY_REUSED" };
  expect(await client.push([{ id: "a", text: "2" }], { key: "k" })).toMatchObject(reused);
  expect(await syncClient(api, client.account, "accounts").push([{ id: "a", text: "1" }], { key: "k" })).toMatchObject(
    reused,
  );
  expect((await other.accepted([{ id: "a", text: "2" }], { key: "k" })).version).toBe(2);
});

test("R11 what applied nothing is judged anew", async () => {
  const { epoch } = await client.accepted([{ id: "a", text: "1" }]);
  const body = {
    device_id: client.deviceId,
    epoch,
    changes: [uploadedChange({ id: "a", text: "mine", base: 2 })],
  };
  expect((await client.send(body, { key: "k" })).data.conflict_count).toBe(1);
  await other.accepted([{ id: "a", text: "theirs" }]);
  expect((await client.send(body, { key: "k" })).data).toMatchObject({ conflict_count: 0, version: 3 });
});

test("R11 a refused batch leaves its key free", async () => {
  const bad = {
    device_id: client.deviceId,
    changes: [{ ...uploadedChange({ id: "a", text: "1" }), record_nonce: "" }],
  };
  expect((await client.send(bad, { key: "k" })).status).toBe(400);
  expect((await client.push([{ id: "a", text: "1" }], { key: "k" })).status).toBe(200);
});

test("R11 an Idempotency-Key is printable ASCII of at most 128 characters", async () => {
  for (const key of ["", "x".repeat(129), "with space", "ümlaut", "tab\there"]) {
    const answer = await client.push([{ id: "a", text: "1" }], { key });
    expect([key, answer.code]).toEqual([key, "INVALID_IDEMPOTENCY_KEY"]);
  }
  expect((await client.push([{ id: "a", text: "1" }], { key: "~".repeat(128) })).status).toBe(200);
});

test("R12 a retry with a cursor brings what is new now, without its own, and a cursor to go on with", async () => {
  const { cursor } = await client.walk({ cursor: "initial" });
  const body = { device_id: client.deviceId, cursor, changes: [uploadedChange({ id: "mine", text: "1" })] };
  await client.send(body, { key: "k" });
  await other.accepted([{ id: "theirs", text: "1" }]);
  const { data } = await client.send(body, { key: "k" });
  expect(idsOf(data.delta!.changes)).toEqual(["theirs"]);
  expect((await client.page({ cursor: data.next_cursor! })).changes).toEqual([]);
});

test("R11 R18 a retry whose cursor has expired still gets its results, without a delta", async () => {
  await client.accepted([{ id: "a", text: "1" }]);
  const { cursor } = await client.walk({ cursor: "initial" });
  const body = { device_id: client.deviceId, cursor, changes: [uploadedChange({ id: "b", text: "1" })] };
  const first = await client.send(body, { key: "k" });
  await other.accepted([{ id: "a", type: "delete" }]);
  await server.database.pool.query("update deleted_records set expires_at = 'epoch'");
  await server.database.pool.query("select cleanup_expired_deleted_records()");
  const again = await client.send(body, { key: "k" });
  expect(again.status).toBe(200);
  expect(again.data.results).toEqual(first.data.results);
  expect(again.data).not.toHaveProperty("delta");
  expect(again.data).not.toHaveProperty("next_cursor");
  // The same cursor on a new batch is told.
  expect(await client.push([{ id: "c", text: "1" }], { cursor })).toMatchObject({
    status: 410,
    code: "CURSOR_EXPIRED",
  });
});
