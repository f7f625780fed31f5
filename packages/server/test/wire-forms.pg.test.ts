import { hash, randomBytes } from "node:crypto";
import { Encoder } from "cbor-x";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Api, type Answer } from "./support/api.ts";
import { uploadedChange } from "./support/batches.ts";
import { createTestDatabase } from "./support/database.ts";
import { keySet, sealedFields, startTestServer, type TestServer } from "./support/server.ts";
import { idsOf, syncClient, textOf, type SyncClient } from "./support/sync-client.ts";

let server: TestServer;
let api: Api;
let client: SyncClient;

beforeAll(async () => {
  server = await startTestServer();
  api = await Api.of(server.app);
});
afterAll(() => server.close());
beforeEach(async () => {
  client = syncClient(api, await server.register());
});

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const cbor = { "content-type": "application/cbor" };
const record = (text: string) => {
  const bytes = Buffer.from(text);
  return { encrypted_record: bytes, record_nonce: randomBytes(24), record_checksum: hash("sha256", bytes, "buffer") };
};
const untouched = async () => expect(await client.status()).toMatchObject({ contacts: null });

describe("JSON and CBOR", () => {
  test("an upload in either form stores the same bytes, and is answered in either", async () => {
    for (const form of ["json", "cbor"] as const) {
      for (const accept of ["application/json", "application/cbor"]) {
        const id = `${form} ${accept}`;
        const fields = record(`text of ${id}`);
        const changes = [{ record_id: id, change_type: "insert", ...fields }];
        const inBase64 = Object.fromEntries(
          Object.entries(fields).map(([name, bytes]) => [name, bytes.toString("base64")]),
        );
        const answer =
          form === "cbor"
            ? await client.send(encoder.encode({ device_id: client.deviceId, changes }), {
                headers: { ...cbor, accept },
              })
            : await client.send(
                { device_id: client.deviceId, changes: [{ ...changes[0], ...inBase64 }] },
                { headers: { accept } },
              );
        expect(answer.status).toBe(200);
        expect(String(answer.headers["content-type"])).toContain(accept);
        expect(answer.data).toMatchObject({ processed_count: 1, results: [{ record_id: id, status: "applied" }] });
      }
    }
    const page = await client.page({ cursor: "initial" });
    expect(page.changes.map(textOf)).toEqual(page.changes.map((row) => `text of ${row.record_id}`));
    expect(page.changes).toHaveLength(4);
  });

  test("every reply of the delta routes has the same content in both", async () => {
    await client.accepted([
      { id: "a", text: "1" },
      { id: "ü 😀", text: "2" },
      { id: "dead", type: "delete", text: "sealed" },
      { id: "gone", type: "delete" },
    ]);
    const { epoch } = await client.accepted([{ id: "a", text: "3" }]);
    const base = "/api/v1/sync/contacts";
    const urls = [
      `${base}/delta?cursor=initial&tombstones=true&limit=2`,
      `${base}/delta?since=1970-01-01T00:00:00Z`,
      `${base}/delta?as_of=2`,
      `${base}/deleted?since=1970-01-01T00:00:00Z&limit=1`,
      `${base}/records/a/history`,
    ];
    const payload = JSON.stringify({
      device_id: client.deviceId,
      epoch,
      changes: ["a", "dead", "gone", "new"].map((id) => uploadedChange({ id, text: "y", base: 99 })),
    });
    const calls = [
      ...urls.map((url) => ({ url })),
      { url: `${base}/delta`, method: "POST" as const, payload, headers: { "content-type": "application/json" } },
    ];
    for (const call of calls) {
      const [json, binary] = (await Promise.all(
        ["application/json", "application/cbor"].map((accept) =>
          api.call({ ...call, headers: { accept, ...("headers" in call ? call.headers : {}) } }, client.account),
        ),
      )) as [Answer, Answer];
      expect([json.status, binary.status]).toEqual([200, 200]);
      const { synced_at: _a, ...left } = json.data as { synced_at?: string };
      const { synced_at: _b, ...right } = binary.data as { synced_at?: string };
      expect(right).toEqual(left);
      expect(binary.bytes.length).toBeLessThan(json.bytes.length);
    }
  });

  test("errors are JSON whatever was asked for", async () => {
    const headers = { accept: "application/cbor" };
    const answer = await api.call({ url: "/api/v1/sync/contacts/delta", headers }, client.account);
    expect(answer).toMatchObject({ status: 400, code: "MISSING_SINCE_PARAM" });
    expect(answer.headers["content-type"]).toContain("application/json");
  });

  test("406 and 415 for what is neither", async () => {
    const url = "/api/v1/sync/contacts/delta";
    for (const accept of ["text/html", "image/*", "application/xml, text/plain"]) {
      const answer = await api.call({ url: `${url}?cursor=initial`, headers: { accept } }, client.account);
      expect(answer).toMatchObject({ status: 406, code: "NOT_ACCEPTABLE" });
      expect(await client.push([{ id: "a", text: "x" }], { headers: { accept } })).toMatchObject({ status: 406 });
    }
    for (const accept of ["*/*", "application/*", "text/html, application/json;q=0.1"]) {
      const answer = await api.call({ url: `${url}?cursor=initial`, headers: { accept } }, client.account);
      expect(answer.status).toBe(200);
    }
    for (const type of [
      "text/plain",
      "application/jsonp",
      "multipart/form-data; boundary=x",
      "application/octet-stream",
    ]) {
      const answer = await client.push([{ id: "a", text: "x" }], { headers: { "content-type": type } });
      expect(answer).toMatchObject({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" });
    }
    await untouched();
  });
});

describe("hostile CBOR is refused, with little memory and at once", () => {
  const uint32 = (n: number) => Buffer.from([n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
  const changesOf = (...items: Buffer[]) => Buffer.concat([Buffer.from([0xa1]), text("changes"), ...items]);
  const bytes = (...values: number[]) => Buffer.from(values);
  const mib = 1024 * 1024;

  const bodies: Record<string, () => Buffer> = {
    nothing: () => Buffer.alloc(0),
    "an array that claims 4 billion elements": () => changesOf(bytes(0x9a), uint32(0xffff_ffff)),
    "an array that claims 2^53 elements": () => changesOf(bytes(0x9b, 0, 0x20, 0, 0, 0, 0, 0, 0)),
    "a map that claims 4 billion entries": () => Buffer.concat([bytes(0xba), uint32(0xffff_ffff)]),
    "a byte string that claims 4 GiB": () => changesOf(bytes(0x81, 0x5a), uint32(0xffff_ffff)),
    "a text that claims 2^63 characters": () => changesOf(bytes(0x81, 0x7b, 0x7f, 255, 255, 255, 255, 255, 255, 255)),
    "a million nested arrays": () => changesOf(Buffer.alloc(mib, 0x81)),
    "a million nested indefinite arrays": () => changesOf(Buffer.alloc(mib, 0x9f)),
    "a million nested maps": () => changesOf(...Array.from({ length: 100_000 }, () => bytes(0xa1, 0x61, 0x61))),
    "a million nested tags": () => changesOf(Buffer.alloc(mib, 0xc1)),
    "a bignum of eight million bytes": () => changesOf(bytes(0xc2, 0x5a), uint32(8 * mib), Buffer.alloc(8 * mib, 1)),
    "an indefinite text of a million pieces": () =>
      changesOf(bytes(0x7f), Buffer.alloc(2 * mib, "\u0061a"), bytes(0xff)),
    "trailing bytes": () => Buffer.concat([encoder.encode({ changes: [], device_id: client.deviceId }), bytes(0)]),
    "a truncated body": () =>
      encoder.encode({ changes: [{ record_id: "a" }], device_id: client.deviceId }).subarray(0, 20),
    "a break where a value should be": () => changesOf(bytes(0xff)),
    "a reserved length": () => changesOf(bytes(0x1c)),
    "a date by tag": () => changesOf(bytes(0x81, 0xc1, 0x1a), uint32(1)),
    "a set by tag": () => changesOf(bytes(0xd9, 1, 2, 0x80)),
    "a shared reference to itself": () => changesOf(bytes(0xd8, 28, 0x81, 0xd8, 29, 0)),
    "a record definition": () => changesOf(bytes(0xd8, 105, 0x82, 0x81, 0x61, 0x61, 1)),
    "a regular expression by tag": () => changesOf(bytes(0xd8, 27, 0x83), text("RegExp"), text("(a+)+$"), text("")),
    "a key that is no text": () => bytes(0xa1, 1, 2),
    "the same key twice": () =>
      Buffer.concat([bytes(0xa2), text("changes"), bytes(0x80), text("changes"), bytes(0x80)]),
  };

  test.each(Object.keys(bodies))("%s", async (name) => {
    const payload = bodies[name]!();
    const before = process.memoryUsage().rss;
    const answer = await client.send(payload, { headers: cbor });
    expect([name, answer.status]).toEqual([name, 400]);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * mib);
    await untouched();
    // And the next one is read as if nothing had been.
    const good = { device_id: client.deviceId, changes: [{ record_id: "a", change_type: "insert", ...record("x") }] };
    expect((await client.send(encoder.encode(good), { headers: cbor })).status).toBe(200);
  });

  test("a batch of too many is told so, however many there are", async () => {
    const empty = bytes(0xa0);
    const many = [
      Buffer.concat([bytes(0x99, 0x03, 0xe9), Buffer.concat(Array.from({ length: 1001 }, () => empty))]),
      Buffer.concat([bytes(0x9a), uint32(10 * mib), Buffer.alloc(10 * mib, 0x80)]),
      Buffer.concat([bytes(0x9f), Buffer.alloc(10 * mib, 0x80), bytes(0xff)]),
    ];
    for (const changes of many) {
      const answer = await client.send(changesOf(changes), { headers: cbor });
      expect(answer).toMatchObject({ status: 413, code: "BATCH_TOO_LARGE", details: { max_changes: 1000 } });
    }
  });

  test("wrong types are INVALID_CHANGES by index", async () => {
    const good = { record_id: "good", change_type: "insert", ...record("x") };
    const wrong: [object | number | null, string][] = [
      [{ ...good, encrypted_record: "eA==" }, "INVALID_BASE64"],
      [{ ...good, record_nonce: 7 }, "INVALID_BASE64"],
      [{ ...good, record_checksum: [1, 2] }, "INVALID_BASE64"],
      [{ ...good, record_id: Buffer.from("a") }, "INVALID_RECORD_ID"],
      [{ ...good, base_version: 2n ** 60n }, "INVALID_BASE_VERSION"],
      [{ ...good, base_version: 1.5 }, "INVALID_BASE_VERSION"],
      [{ ...good, base_version: Number.NaN }, "INVALID_BASE_VERSION"],
      [{ ...good, client_timestamp: 1 }, "INVALID_CLIENT_TIMESTAMP"],
      [7, "INVALID_CHANGE"],
      [null, "INVALID_CHANGE"],
    ];
    const changes = [good, ...wrong.map(([change]) => change)];
    const answer = await client.send(encoder.encode({ device_id: client.deviceId, changes }), { headers: cbor });
    expect(answer).toMatchObject({
      status: 400,
      code: "INVALID_CHANGES",
      details: wrong.map(([, code], i) => ({ index: i + 1, code })),
    });
    await untouched();
  });
});

describe("each way in which a change can be wrong", () => {
  const good = () => uploadedChange({ id: "good", text: "x" });
  const big = Buffer.alloc(256 * 1024 + 1);
  const cases: [string, (change: ReturnType<typeof good>) => unknown][] = [
    ["INVALID_CHANGE", () => "text"],
    ["INVALID_CHANGE", (change) => ({ ...change, unknown: 1 })],
    ["INVALID_CHANGE", (change) => JSON.parse(JSON.stringify(change).replace("{", '{"__proto__":{"x":1},'))],
    ["INVALID_CHANGE", (change) => ({ ...change, constructor: 1 })],
    ["INVALID_RECORD_ID", (change) => ({ ...change, record_id: undefined })],
    ["INVALID_RECORD_ID", (change) => ({ ...change, record_id: "" })],
    ["INVALID_RECORD_ID", (change) => ({ ...change, record_id: "x".repeat(256) })],
    ["INVALID_RECORD_ID", (change) => ({ ...change, record_id: "😀".repeat(256) })],
    ["INVALID_RECORD_ID", (change) => ({ ...change, record_id: "\ud800" })],
    ["INVALID_RECORD_ID", (change) => ({ ...change, record_id: "a\u0000b" })],
    ["INVALID_RECORD_ID", (change) => ({ ...change, record_id: "a\u0085b" })],
    ["INVALID_CHANGE_TYPE", (change) => ({ ...change, change_type: "upsert" })],
    ["INVALID_CHANGE_TYPE", (change) => ({ ...change, change_type: ["insert"] })],
    ["MISSING_RECORD", (change) => ({ ...change, encrypted_record: undefined })],
    ["MISSING_RECORD", (change) => ({ ...change, record_nonce: undefined, change_type: "delete" })],
    ["INVALID_BASE64", (change) => ({ ...change, encrypted_record: "eA" })],
    ["INVALID_BASE64", (change) => ({ ...change, encrypted_record: "eB==" })],
    ["INVALID_BASE64", (change) => ({ ...change, encrypted_record: "e A==" })],
    ["INVALID_BASE64", (change) => ({ ...change, encrypted_record: "_-_-" })],
    ["INVALID_BASE64", (change) => ({ ...change, record_nonce: "ä".repeat(16) })],
    ["INVALID_BASE64", (change) => ({ ...change, record_checksum: null })],
    ["EMPTY_RECORD", (change) => ({ ...change, encrypted_record: "" })],
    ["RECORD_TOO_LARGE", (change) => ({ ...change, encrypted_record: big.toString("base64") })],
    ["RECORD_TOO_LARGE", () => uploadedChange({ id: "good", type: "delete", text: "x".repeat(4097) })],
    ["INVALID_NONCE", (change) => ({ ...change, record_nonce: "" })],
    ["INVALID_NONCE", (change) => ({ ...change, record_nonce: Buffer.alloc(11).toString("base64") })],
    ["INVALID_NONCE", (change) => ({ ...change, record_nonce: Buffer.alloc(33).toString("base64") })],
    ["INVALID_CHECKSUM", (change) => ({ ...change, record_checksum: Buffer.alloc(32).toString("base64") })],
    ["INVALID_CHECKSUM", (change) => ({ ...change, record_checksum: Buffer.alloc(31).toString("base64") })],
    ["INVALID_CLIENT_TIMESTAMP", (change) => ({ ...change, client_timestamp: "2026-03-01T12:00:00" })],
    ["INVALID_CLIENT_TIMESTAMP", (change) => ({ ...change, client_timestamp: null })],
    ["INVALID_BASE_VERSION", (change) => ({ ...change, base_version: -1 })],
    ["INVALID_BASE_VERSION", (change) => ({ ...change, base_version: "1" })],
    ["INVALID_BASE_VERSION", (change) => ({ ...change, base_version: 2 ** 53 })],
  ];

  test("R14 a deletion's envelope of 4 KiB and a record of 256 KiB are just small enough", async () => {
    const changes = [
      uploadedChange({ id: "deletion", type: "delete", text: "x".repeat(4096) }),
      uploadedChange({ id: "record", text: "x".repeat(256 * 1024) }),
    ];
    expect(await client.send({ device_id: client.deviceId, changes })).toMatchObject({ status: 200 });
  });

  test("S30 is told by index and code, all of them at once, and nothing of the batch is applied", async () => {
    const changes = cases.flatMap(([, spoil]) => [good(), spoil(good())]);
    const answer = await client.send({ device_id: client.deviceId, changes });
    expect(answer).toMatchObject({ status: 400, code: "INVALID_CHANGES" });
    expect(answer.details).toEqual(cases.map(([code], i) => ({ index: 2 * i + 1, code })));
    await untouched();
  });

  test("an account with keys uploads envelopes only, and none of an older key epoch", async () => {
    const sealed = syncClient(api, await server.register({ ...sealedFields(), keys: keySet(2) }));
    const envelope = (epoch: number) => `\u0001\u0001\0\0\0${String.fromCharCode(epoch)}${"x".repeat(120)}`;
    expect(await sealed.push([{ id: "a", text: "plain" }])).toMatchObject({
      status: 400,
      details: [{ index: 0, code: "INVALID_ENVELOPE" }],
    });
    expect(await sealed.push([{ id: "a", text: envelope(1) }])).toMatchObject({
      status: 409,
      code: "KEY_EPOCH_OUTDATED",
    });
    expect((await sealed.push([{ id: "a", text: envelope(2) }])).status).toBe(200);
  });

  test("record ids of 255 characters, however they are written, are one record each", async () => {
    const ids = [
      "x".repeat(255),
      "😀".repeat(255),
      "e\u0301".repeat(127),
      "../%2f?#&",
      "__proto__",
      "constructor",
      " ",
      "é",
      "e\u0301",
    ];
    await client.accepted(ids.map((id) => ({ id, text: id })));
    expect(idsOf((await client.page({ cursor: "initial" })).changes)).toEqual(ids);
    for (const id of ids) {
      if (id === "../%2f?#&") continue;
      const { status, data } = await client.history(id);
      expect([id, status, data.history.length]).toEqual([id, 200, 1]);
    }
    await client.accepted(ids.map((id) => ({ id, type: "delete" as const })));
    expect(await client.status()).toMatchObject({ contacts: { record_count: 0 } });
  });

  test("JSON that is not UTF-8 is refused, so that two ids never become one", async () => {
    const body = JSON.stringify({ device_id: client.deviceId, changes: [uploadedChange({ id: "XX", text: "x" })] });
    const bytes = Buffer.from(body);
    bytes[bytes.indexOf("XX")] = 0xff;
    expect(await client.send(bytes)).toMatchObject({ status: 400, code: "INVALID_JSON" });
    await untouched();
  });

  test("unknown and hostile properties of the body are named, and pollute nothing", async () => {
    const body = { device_id: client.deviceId, changes: [good()] };
    for (const name of ["extra", "__proto__", "constructor"]) {
      const text = JSON.stringify(body).replace("{", `{"${name}":{"polluted":true},`);
      expect(await client.send(text)).toMatchObject({
        status: 400,
        code: "INVALID_REQUEST",
        details: [{ field: `body/${name}` }],
      });
    }
    expect({}).not.toHaveProperty("polluted");
    for (const text of ["", "null", "[]", "7", '"x"', "{", '{"changes":{}}', "\ufeff{}"]) {
      expect((await client.send(text)).status).toBe(400);
    }
    await untouched();
  });
});

describe("sizes", () => {
  test("a body above 16 MiB is 413, one just below it is read", async () => {
    const text = "x".repeat(256 * 1024);
    const some = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `r${i}`, text }));
    expect(await client.push(some(48))).toMatchObject({ status: 413, code: "BODY_TOO_LARGE" });
    await untouched();
    expect((await client.push(some(46))).status).toBe(200);
  });

  test("S36 nobody's body above 16 KiB is read, on no route", async () => {
    const payload = JSON.stringify({ x: "x".repeat(17 * 1024) });
    const headers = { "content-type": "application/json" };
    for (const { method, path, security, body } of api.operations) {
      if (body === null) continue;
      const url = path.replace("{data_type}", "contacts").replace("{device_id}", client.deviceId);
      const answer = await api.call({ method, url, payload, headers }, null);
      const expected = security.some((scheme) => "bearer" in scheme) ? 401 : 413;
      expect([url, answer.status]).toEqual([url, expected]);
    }
  });
});

describe("text that cannot be stored", () => {
  test("NUL and lone surrogates are refused by field, not stored as something else or answered 500", async () => {
    const payload = { email: "ada@example.com", password: "a secret of the tests", device_id: client.deviceId };
    for (const bad of ["a\u0000b", "\ud800"]) {
      for (const field of ["email", "password", "device_name"] as const) {
        const call = {
          method: "POST" as const,
          url: "/api/v1/auth/register",
          payload: { ...payload, [field]: `${bad}@x.example` },
        };
        expect(await api.call(call, null)).toMatchObject({
          status: 400,
          code: "INVALID_REQUEST",
          details: [{ field: `body/${field}` }],
        });
      }
    }
    const admin = { authorization: "Bearer admin token of the tests" };
    const users = await api.call({ url: "/api/v1/admin/users?q=%00", headers: admin }, null);
    expect(users).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
  });
});

test("a database with other defaults than PostgreSQL's answers the same: applied, unchanged, replayed, in conflict", async () => {
  const database = await createTestDatabase();
  const { rows } = await database.pool.query<{ name: string }>("select current_database() as name");
  for (const setting of [
    "bytea_output = 'escape'",
    "datestyle = 'German'",
    "intervalstyle = 'sql_standard'",
    "default_transaction_isolation = 'repeatable read'",
  ]) {
    await database.pool.query(`alter database ${rows[0]!.name} set ${setting}`);
  }
  const other = await startTestServer({ database });
  const one = syncClient(await Api.of(other.app), await other.register());
  const nonce = randomBytes(24);
  const first = await one.accepted([{ id: "a", text: "hello", nonce }], { key: "k" });
  expect(first.results).toMatchObject([{ status: "applied", version: 1 }]);
  expect((await one.accepted([{ id: "a", text: "hello", nonce }])).results).toMatchObject([{ status: "unchanged" }]);
  const body = JSON.stringify({ device_id: one.deviceId, changes: [{ record_id: "z", change_type: "delete" }] });
  const [sent, again] = [await one.send(body, { key: "twice" }), await one.send(body, { key: "twice" })];
  expect(sent.status).toBe(200);
  expect(again).toMatchObject({ status: 200, data: { results: sent.data.results } });
  const stale = await one.push([{ id: "a", text: "x", base: 77 }], { epoch: first.epoch });
  const current = { version: 1, encrypted_record: Buffer.from("hello").toString("base64") };
  expect(stale.data.conflicts).toMatchObject([{ reason: "STALE", current }]);
  // Each waits for the one before: what that one wrote must be seen.
  const pushes = await Promise.all(Array.from({ length: 8 }, (_, i) => one.push([{ id: "a", text: `${i}` }])));
  expect(pushes.map(({ status }) => status)).toEqual(pushes.map(() => 200));
  const page = await one.page({ cursor: "initial", tombstones: true });
  expect([page.changes.map((row) => row.version), page.deleted.map((row) => row.version)]).toEqual([[10], [2]]);
  await other.close();
  await database.drop();
});
