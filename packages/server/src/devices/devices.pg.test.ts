import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { push } from "../../test/support/fill-account.ts";
import { sealedFields, startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";
import { LastSeen } from "./last-seen.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.close());

const list = async (account: TestAccount) => (await account.inject({ url: "/api/v1/devices" })).json().data;
const revoke = (account: TestAccount, deviceId: string, headers = {}) =>
  account.inject({ method: "DELETE", url: `/api/v1/devices/${deviceId}`, headers });

describe("the devices of an account", () => {
  test("are listed, the asking one marked", async () => {
    const account = await server.register({ device_name: "Desk", platform: "linux" });
    const phone = await server.signIn(account, { device_id: randomUUID() });
    const { devices, total, active } = await list(phone);
    expect([total, active]).toEqual([2, 2]);
    expect(devices[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      device_id: account.deviceId,
      device_id_masked: `${account.deviceId.slice(0, 8)}-…-${account.deviceId.slice(-4)}`,
      device_name: "Desk",
      platform: "linux",
      last_sync_at: null,
      last_seen_at: expect.any(String),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      is_active: true,
      is_current: false,
    });
    expect(devices[1]).toMatchObject({
      device_id: phone.deviceId,
      device_name: null,
      platform: "other",
      is_current: true,
    });
  });

  test("are revoked by any other, in whatever case the id comes; again is no change", async () => {
    const account = await server.register();
    const phone = await server.signIn(account, { device_id: randomUUID() });
    expect((await revoke(account, phone.deviceId.toUpperCase())).json()).toEqual({ success: true, data: {} });
    expect((await revoke(account, phone.deviceId)).statusCode).toBe(200);
    const { devices, total, active } = await list(account);
    expect([total, active, devices[1].is_active]).toEqual([2, 1, false]);
  });

  test("a device cannot revoke itself, nor one that is unknown or another account's", async () => {
    const [account, stranger] = [await server.register(), await server.register()];
    const self = await revoke(account, account.deviceId.toUpperCase());
    expect([self.statusCode, self.json().code]).toEqual([400, "CANNOT_DELETE_CURRENT_DEVICE"]);
    for (const deviceId of [randomUUID(), stranger.deviceId]) {
      const reply = await revoke(account, deviceId);
      expect([reply.statusCode, reply.json().code]).toEqual([404, "DEVICE_NOT_FOUND"]);
    }
    expect((await revoke(account, "not-an-id")).json().code).toBe("INVALID_REQUEST");
    expect((await stranger.inject({ url: "/api/v1/devices" })).statusCode).toBe(200);
  });

  test("two accounts may have the same device, and revoke it each for itself", async () => {
    const device_id = randomUUID();
    const [ada, bob] = [await server.register({ device_id }), await server.register({ device_id })];
    const adaElsewhere = await server.signIn(ada, { device_id: randomUUID() });
    expect((await revoke(adaElsewhere, device_id)).statusCode).toBe(200);
    expect((await ada.inject({ url: "/api/v1/devices" })).statusCode).toBe(401);
    expect((await bob.inject({ url: "/api/v1/devices" })).statusCode).toBe(200);
  });

  test("of a sealed account are revoked with the secret, in the header or the body", async () => {
    const account = await server.register(sealedFields());
    const phone = await server.signIn(account, { device_id: randomUUID() });
    expect((await revoke(account, phone.deviceId)).json().code).toBe("REAUTH_REQUIRED");
    expect((await revoke(account, phone.deviceId, { "owlivion-password": "a wrong secret" })).statusCode).toBe(401);
    expect((await phone.inject({ url: "/api/v1/devices" })).statusCode).toBe(200);
    const url = `/api/v1/devices/${phone.deviceId}`;
    const payload = { password: account.password };
    expect((await account.inject({ method: "DELETE", url, payload })).statusCode).toBe(200);
    const tablet = await server.signIn(account, { device_id: randomUUID() });
    const withHeader = await revoke(account, tablet.deviceId, { "owlivion-password": account.password });
    expect(withHeader.statusCode).toBe(200);
  });
});

describe("when a device was last seen", () => {
  test("is written in bulk on close, and a sync is told from a question (S36)", async () => {
    const brief = await startTestServer({ database: server.database });
    const account = await brief.register();
    await brief.pool.query("update devices set last_seen_at = '2020-01-01' where user_id = $1", [account.userId]);
    await account.inject({ url: "/api/v1/devices" });
    await account.inject({ url: "/api/v1/sync/status" });
    expect((await list(account)).devices[0]).toMatchObject({ last_seen_at: "2020-01-01T00:00:00.000000Z" });
    const syncer = await brief.register();
    await push(syncer, "contacts", [{ id: "a", type: "insert", text: "x" }]);
    await brief.close();
    const { rows } = await server.pool.query(
      `select user_id = $1 as asked, last_seen_at > now() - interval '1 minute' as seen, last_sync_at is not null as synced
       from devices where user_id in ($1, $2) order by asked desc`,
      [account.userId, syncer.userId],
    );
    expect(rows).toEqual([
      { asked: true, seen: true, synced: false },
      { asked: false, seen: true, synced: true },
    ]);
  });

  test("never goes back, and a device that is gone meanwhile disturbs nobody", async () => {
    const account = await server.register();
    const seen = new LastSeen(server.pool, server.context.log);
    const now = Date.now() + 60_000;
    seen.note(account.userId, account.deviceId, true, now);
    seen.note(account.userId, account.deviceId, false, now + 1000);
    seen.note(randomUUID(), randomUUID(), true, now);
    await seen.flush();
    seen.note(account.userId, account.deviceId, true, now - 5000);
    await seen.flush();
    expect((await list(account)).devices[0]).toMatchObject({
      last_seen_at: new Date(now + 1000).toISOString().replace("Z", "000Z"),
      last_sync_at: new Date(now).toISOString().replace("Z", "000Z"),
    });
  });
});
