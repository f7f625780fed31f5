import { hash, randomBytes, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { Decoder, Encoder } from "cbor-x";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Api } from "./support/api.ts";
import { uploadedChange } from "./support/batches.ts";
import { startTestServer, type TestServer } from "./support/server.ts";
import { syncClient, type SyncClient } from "./support/sync-client.ts";

let server: TestServer;
let api: Api;
let client: SyncClient;

beforeAll(async () => {
  server = await startTestServer({ config: { corsOrigins: ["https://app.example"] } });
  api = await Api.of(server.app);
});
afterAll(() => server.close());
beforeEach(async () => {
  client = syncClient(api, await server.register());
});

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });
const inflate = { br: brotliDecompressSync, gzip: gunzipSync };
const codings = ["br", "gzip"] as const;
const wires = ["application/json", "application/cbor"] as const;
const base = "/api/v1/sync/contacts";

/** What the SDK uploads: the nonce stands in the envelope's header too, before the ciphertext. */
function envelopes(count: number, bytes: number) {
  return Array.from({ length: count }, (_, i) => {
    const nonce = randomBytes(24);
    const header = [Buffer.from([1, 1, 0, 0, 0, 1]), randomBytes(16), Buffer.alloc(40), nonce];
    const record = Buffer.concat([...header, randomBytes(bytes - 86)]);
    return {
      record_id: i === 0 ? "first" : randomBytes(16).toString("base64url"),
      change_type: "insert",
      encrypted_record: record,
      record_nonce: nonce,
      record_checksum: hash("sha256", record, "buffer"),
    };
  });
}

const upload = (changes: readonly object[], headers: Record<string, string> = {}) =>
  client.account.inject({
    method: "POST",
    url: `${base}/delta`,
    headers: { "content-type": "application/cbor", ...headers },
    payload: encoder.encode({ device_id: client.deviceId, changes }),
  });
const get = (url: string, headers: Record<string, string> = {}) => client.account.inject({ url, headers });

describe("replies of the delta routes", () => {
  const urls = [
    `${base}/delta?cursor=initial&limit=1000`,
    `${base}/delta?since=1970-01-01T00:00:00Z`,
    `${base}/delta?as_of=20`,
    `${base}/deleted?since=1970-01-01T00:00:00Z`,
    `${base}/records/first/history`,
  ];

  test.each(urls)("%s is the same content with and without", async (url) => {
    expect((await upload(envelopes(20, 300))).statusCode).toBe(200);
    await client.accepted(Array.from({ length: 20 }, (_, i) => ({ id: `gone-${i}`, type: "delete" as const })));
    for (let i = 0; i < 10; i += 1) expect((await upload(envelopes(1, 300))).statusCode).toBe(200);
    for (const accept of wires) {
      const plain = await get(url, { accept });
      expect(plain.headers).not.toHaveProperty("content-encoding");
      for (const coding of codings) {
        const reply = await get(url, { accept, "accept-encoding": coding });
        expect(reply.headers).toMatchObject({
          "content-type": plain.headers["content-type"],
          "content-encoding": coding,
          "content-length": String(reply.rawPayload.length),
          vary: "Origin, accept, accept-encoding",
        });
        expect(reply.rawPayload.length).toBeLessThan(plain.rawPayload.length);
        expect(withoutCursor(inflate[coding](reply.rawPayload), accept)).toEqual(
          withoutCursor(plain.rawPayload, accept),
        );
      }
    }
  });

  test.each(codings)("R11 an upload is answered and replayed in %s with the same results", async (coding) => {
    const changes = envelopes(30, 300);
    const headers = { "idempotency-key": randomUUID(), "accept-encoding": coding };
    const [first, again] = [await upload(changes, headers), await upload(changes, headers)];
    for (const reply of [first, again]) expect(reply.headers["content-encoding"]).toBe(coding);
    const { data } = JSON.parse(inflate[coding](first.rawPayload).toString()) as { data: object };
    expect(data).toMatchObject({ processed_count: 30, conflict_count: 0 });
    expect(JSON.parse(inflate[coding](again.rawPayload).toString())).toMatchObject({ data });
  });

  test.each(codings)("50 contacts in CBOR and %s take at most 1.35 times their envelopes", async (coding) => {
    await upload(envelopes(50, 614));
    const accept = { accept: "application/cbor", "accept-encoding": coding };
    const reply = await get(`${base}/delta?cursor=initial`, accept);
    expect(reply.headers["content-encoding"]).toBe(coding);
    expect(reply.rawPayload.length / (50 * 614)).toBeLessThan(1.15);
  });

  test("are sent as they are where nobody asked or nothing is gained", async () => {
    const gzip = { "accept-encoding": "gzip" };
    const small = await get(`${base}/delta?cursor=initial`, gzip);
    expect(small.headers).not.toHaveProperty("content-encoding");
    expect(small.headers.vary).toBe("Origin, accept, accept-encoding");
    await upload(envelopes(3, 5000));
    const url = `${base}/delta?cursor=initial`;
    const cases = [
      [{}, undefined],
      [{ "accept-encoding": "identity" }, undefined],
      [{ "accept-encoding": "gzip;q=0" }, undefined],
      [{ "accept-encoding": "deflate, zstd" }, undefined],
      [gzip, "gzip"],
      [{ ...gzip, accept: "application/cbor" }, undefined],
    ] as const;
    for (const [headers, coding] of cases) {
      const reply = await get(url, headers);
      expect([headers, reply.statusCode, reply.headers["content-encoding"]]).toEqual([headers, 200, coding]);
    }
  });

  test("come as a browser and Node read them, over a socket", async () => {
    await upload(envelopes(50, 614));
    await server.app.listen({ port: 0, host: "127.0.0.1" });
    const { port } = server.app.server.address() as AddressInfo;
    const authorization = `Bearer ${client.account.session.tokens.access_token}`;
    const reply = await fetch(`http://127.0.0.1:${port}${base}/delta?cursor=initial`, { headers: { authorization } });
    expect(reply.headers.get("content-encoding")).toBe("gzip");
    expect(await reply.json()).toMatchObject({ data: { pagination: { returned_count: 50 } } });
  });
});

test("no other route compresses: what has secrets tells nothing by its length", async () => {
  const { email, password, deviceId, inject } = client.account;
  const blob = randomBytes(3000);
  const payload = {
    data_type: "contacts",
    encrypted_data: blob.toString("base64"),
    nonce: randomBytes(24).toString("base64"),
    version: 0,
    checksum: hash("sha256", blob, "hex"),
  };
  await inject({ method: "POST", url: "/api/v1/sync/upload", payload });
  await upload(envelopes(20, 300));
  const headers = { "accept-encoding": "br, gzip" };
  const login = { email, password, device_id: deviceId };
  const replies = [
    await server.app.inject({ method: "POST", url: "/api/v1/auth/login", headers, payload: login }),
    await server.app.inject({ url: "/api/v1/config", headers }),
    await get("/api/v1/sync/download?data_type=contacts", headers),
    await get("/api/v1/sync/contacts", headers),
    await get("/api/v1/sync/status", headers),
    await get("/api/v1/account/export", headers),
    await get("/api/v1/devices", headers),
  ];
  for (const reply of replies) expect(reply.headers).not.toHaveProperty("content-encoding");
  expect(Math.max(...replies.map((reply) => reply.rawPayload.length))).toBeGreaterThan(3000);
});

describe("a compressed body", () => {
  const change = () => ({ device_id: client.deviceId, changes: [uploadedChange({ id: "a", text: "x" })] });
  const zipped = () => gzipSync(JSON.stringify(change()));

  test("is refused with 415, by its name and not by what its bytes look like", async () => {
    for (const coding of ["gzip", "GZIP", "br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "nonsense"]) {
      const answer = await client.send(zipped(), { headers: { "content-encoding": coding } });
      expect(answer).toMatchObject({
        status: 415,
        code: "UNSUPPORTED_MEDIA_TYPE",
        details: [{ field: "headers/content-encoding", problem: "must be identity" }],
      });
      expect(answer.headers["accept-encoding"]).toBe("identity");
    }
    expect(await client.status()).toMatchObject({ contacts: null });
  });

  test("is refused unread, so that it cannot grow", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    const before = process.memoryUsage().rss;
    const answer = await client.send(bomb, { headers: { "content-encoding": "gzip" } });
    expect(answer.status).toBe(415);
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
  });

  test("is refused wherever bodies are read, and after who asks is known", async () => {
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const login = { method: "POST" as const, url: "/api/v1/auth/login", headers, payload: zipped() };
    expect(await api.call(login, null)).toMatchObject({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" });
    expect(await api.call({ ...login, url: `${base}/delta` }, null)).toMatchObject({ status: 401 });
  });

  test("that says identity, or a request without one, passes", async () => {
    expect(await client.send(change(), { headers: { "content-encoding": "identity" } })).toMatchObject({ status: 200 });
    expect((await get(`${base}/delta?cursor=initial`, { "content-encoding": "gzip" })).statusCode).toBe(200);
  });
});

/** A cursor is sealed anew for each reply. */
function withoutCursor(bytes: Buffer, accept: (typeof wires)[number]): object {
  const reply = (accept === "application/json" ? JSON.parse(bytes.toString()) : decoder.decode(bytes)) as {
    data: { next_cursor?: string };
  };
  const { next_cursor: _cursor, ...data } = reply.data;
  return data;
}
