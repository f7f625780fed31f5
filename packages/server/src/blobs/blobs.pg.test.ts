import { hash, randomBytes, randomUUID } from "node:crypto";
import { DesktopDownloadReply, DownloadBlobReply, UploadBlobReply } from "@owlivion/sync-protocol";
import Schema from "typebox/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uploadedChange } from "../../test/support/batches.ts";
import { startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";
import { saveBlob } from "./save-blob.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { quotaBytes: 10_000 } });
});
afterAll(() => server.close());

const blobOf = (account: TestAccount, bytes: Buffer, more: object = {}) => ({
  data_type: "contacts",
  encrypted_blob: bytes.toString("base64"),
  nonce: Buffer.alloc(24, 1).toString("base64"),
  checksum: hash("sha256", bytes, "base64"),
  device_id: account.deviceId,
  ...more,
});

async function upload(account: TestAccount, bytes: Buffer, more: object = {}) {
  const payload = blobOf(account, bytes, more);
  const reply = await account.inject({ method: "POST", url: "/api/v1/sync/upload", payload });
  return { status: reply.statusCode, body: reply.json() };
}
async function download(account: TestAccount, dataType = "contacts") {
  const reply = await account.inject({ method: "GET", url: `/api/v1/sync/download?data_type=${dataType}` });
  return { status: reply.statusCode, body: reply.json() };
}

describe("full sync", () => {
  test("a blob comes back as it was sent; before it there is NO_DATA, never an empty one (S17)", async () => {
    const account = await server.register();
    expect(await download(account)).toMatchObject({ status: 404, body: { code: "NO_DATA" } });
    const bytes = randomBytes(777);
    const first = await upload(account, bytes);
    expect(first).toMatchObject({ status: 200, body: { data: { data_type: "contacts", version: 1 } } });
    expect(Schema.Check(UploadBlobReply, first.body)).toBe(true);
    const { body } = await download(account);
    expect(Schema.Check(DownloadBlobReply, body)).toBe(true);
    const { synced_at } = first.body.data;
    expect(body.data).toEqual({ ...blobOf(account, bytes), version: 1, synced_at });
    expect(await download(account, "preferences")).toMatchObject({ status: 404, body: { code: "NO_DATA" } });
  });

  test("`version` is compare-and-set, 0 meaning none yet; without it the last write wins (S16)", async () => {
    const account = await server.register();
    expect(await upload(account, randomBytes(9), { version: 1 })).toMatchObject({
      status: 409,
      body: { code: "VERSION_CONFLICT", details: { version: 0 } },
    });
    expect(await upload(account, randomBytes(9), { version: 0 })).toMatchObject({ body: { data: { version: 1 } } });
    const replies = await Promise.all(Array.from({ length: 6 }, () => upload(account, randomBytes(9), { version: 1 })));
    expect(replies.map((reply) => reply.status).toSorted()).toEqual([200, 409, 409, 409, 409, 409]);
    expect(await upload(account, randomBytes(9), { version: 0 })).toMatchObject({
      status: 409,
      body: { details: { version: 2 } },
    });
    expect(await upload(account, randomBytes(9))).toMatchObject({ status: 200, body: { data: { version: 3 } } });
  });

  test("first uploads at once: each is stored or told of the conflict, none is a 500 (S16)", async () => {
    for (const more of [{}, { version: 0 }]) {
      const account = await server.register();
      const replies = await Promise.all(Array.from({ length: 8 }, () => upload(account, randomBytes(50), more)));
      const versions = replies.filter((reply) => reply.status === 200).map((reply) => reply.body.data.version);
      expect(versions.toSorted()).toEqual("version" in more ? [1] : [1, 2, 3, 4, 5, 6, 7, 8]);
      expect(new Set(replies.map((reply) => reply.status))).toEqual(new Set("version" in more ? [200, 409] : [200]));
    }
  });

  test.each([
    ["another device's id", { device_id: randomUUID() }, 403, "DEVICE_MISMATCH"],
    ["a checksum of other bytes", { checksum: hash("sha256", "other", "base64") }, 400, "CHECKSUM_MISMATCH"],
    ["base64 that is not strict", { encrypted_blob: "QUJD-w==" }, 400, "INVALID_REQUEST"],
    ["a nonce that is too short", { nonce: Buffer.alloc(11).toString("base64") }, 400, "INVALID_REQUEST"],
    ["an unknown data type", { data_type: "photos" }, 400, "INVALID_DATA_TYPE"],
    ["a field that nobody knows", { color: "red" }, 400, "INVALID_REQUEST"],
  ])("%s is refused and stores nothing (S29, S30)", async (_name, more, status, code) => {
    const account = await server.register();
    expect(await upload(account, randomBytes(9), more)).toMatchObject({ status, body: { code } });
    expect(await download(account)).toMatchObject({ status: 404 });
  });

  test("the quota counts blobs and records together; a smaller blob always passes", async () => {
    const account = await server.register();
    expect(await upload(account, randomBytes(6000))).toMatchObject({ status: 200 });
    expect(await upload(account, randomBytes(4001), { data_type: "signatures" })).toMatchObject({
      status: 413,
      body: { code: "QUOTA_EXCEEDED" },
    });
    const change = uploadedChange({ id: "a", text: "x".repeat(3000) });
    const payload = { changes: [change], device_id: account.deviceId };
    const url = "/api/v1/sync/preferences/delta";
    expect((await account.inject({ method: "POST", url, payload })).statusCode).toBe(200);
    expect(await upload(account, randomBytes(1001), { data_type: "signatures" })).toMatchObject({ status: 413 });
    expect(await upload(account, randomBytes(1000), { data_type: "signatures" })).toMatchObject({ status: 200 });
    expect(await upload(account, randomBytes(6001))).toMatchObject({ status: 413 });
    expect(await upload(account, randomBytes(6000))).toMatchObject({ status: 200 });
  });

  test("a delta neither makes nor touches a blob, and a blob no records (S17)", async () => {
    const account = await server.register();
    const payload = { changes: [uploadedChange({ id: "a", text: "one" })], device_id: account.deviceId };
    await account.inject({ method: "POST", url: "/api/v1/sync/contacts/delta", payload });
    expect(await download(account)).toMatchObject({ status: 404, body: { code: "NO_DATA" } });
    await upload(account, randomBytes(9));
    await account.inject({ method: "POST", url: "/api/v1/sync/contacts/delta", payload });
    expect(await download(account)).toMatchObject({ status: 200, body: { data: { version: 1 } } });
    const status = await account.inject({ method: "GET", url: "/api/v1/sync/status" });
    expect(status.json().data.contacts).toMatchObject({ version: 1, blob_version: 1, record_count: 1 });
  });

  test("an account that was erased after the request was let in gets no blob, and no 500", async () => {
    const account = await server.register();
    await upload(account, randomBytes(9));
    const blob = { bytes: randomBytes(9), nonce: null, checksum: Buffer.alloc(32), isText: true };
    const key = { userId: account.userId, dataType: 1 };
    const options = { expectedVersion: undefined, quotaBytes: 1000 };
    await server.pool.query("delete from users where user_id = $1", [account.userId]);
    await expect(saveBlob(server.pool, key, { ...blob, deviceId: account.deviceId }, options)).rejects.toMatchObject({
      code: "SESSION_REVOKED",
    });
  });

  test("accounts do not meet", async () => {
    const [ada, eve] = [await server.register(), await server.register()];
    await upload(ada, randomBytes(9));
    expect(await download(eve)).toMatchObject({ status: 404 });
    expect(await upload(eve, randomBytes(9), { version: 0 })).toMatchObject({ status: 200 });
  });

  test("audit: an upload writes its row in the transaction, a download later (S36)", async () => {
    const account = await server.register();
    await upload(account, randomBytes(9));
    await upload(account, randomBytes(9), { version: 9 });
    await download(account);
    const { rows } = await server.pool.query("select action, device_id from sync_history where user_id = $1", [
      account.userId,
    ]);
    expect(rows).toEqual([{ action: "blob_upload", device_id: account.deviceId }]);
  });
});

describe("the desktop app's form", () => {
  const url = "/api/v1/sync/contacts";
  const text = "Ünïcode ‖ " + randomBytes(30).toString("base64");

  test("text comes back as it was; the version sent is ignored, the reply's is the blob's counter", async () => {
    const account = await server.register();
    expect((await account.inject({ method: "GET", url })).json()).toMatchObject({ code: "NO_DATA" });
    for (const version of [1, 2]) {
      const reply = await account.inject({ method: "POST", url, payload: { encrypted_data: text, version: 1 } });
      expect(reply.json()).toMatchObject({ success: true, data: { version, updated_at: expect.stringMatching(/Z$/) } });
    }
    const reply = await account.inject({ method: "GET", url });
    expect(Schema.Check(DesktopDownloadReply, reply.json())).toBe(true);
    expect(reply.json().data).toMatchObject({ encrypted_data: text, version: 2 });
  });

  test("each form reads what the other wrote", async () => {
    const account = await server.register();
    await account.inject({ method: "POST", url, payload: { encrypted_data: text, version: 7 } });
    const full = await download(account);
    expect(Schema.Check(DownloadBlobReply, full.body)).toBe(true);
    expect(full.body.data).toMatchObject({ nonce: null, version: 1, checksum: hash("sha256", text, "base64") });
    expect(Buffer.from(full.body.data.encrypted_blob, "base64").toString("utf8")).toBe(text);

    const bytes = randomBytes(40);
    await upload(account, bytes, { version: 1 });
    const desktop = await account.inject({ method: "GET", url });
    const expected = Buffer.concat([Buffer.alloc(24, 1), bytes]).toString("base64");
    expect(desktop.json().data).toMatchObject({ encrypted_data: expected, version: 2 });
  });

  test("text that UTF-8 cannot hold, an unknown data type and the quota are refused", async () => {
    const account = await server.register();
    const post = async (to: string, encrypted_data: string) => {
      const payload = `{"encrypted_data":${JSON.stringify(encrypted_data)}}`;
      const headers = { "content-type": "application/json" };
      return (await account.inject({ method: "POST", url: to, payload, headers })).json().code;
    };
    expect(await post(url, "\ud800")).toBe("INVALID_REQUEST");
    expect(await post(url, "")).toBe("INVALID_REQUEST");
    expect(await post("/api/v1/sync/photos", "x")).toBe("INVALID_DATA_TYPE");
    expect(await post(url, "x".repeat(10_001))).toBe("QUOTA_EXCEEDED");
  });
});
