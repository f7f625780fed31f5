import { randomBytes, randomUUID } from "node:crypto";
import {
  AdminActivityReply,
  AdminCleanupReply,
  AdminCollectionsReply,
  AdminDevicesReply,
  AdminDoctorReply,
  AdminEpochsReply,
  AdminStatsReply,
  AdminTrafficReply,
  AdminUserReply,
  AdminUsersReply,
} from "@owlivion/sync-protocol";
import type { Static, TSchema } from "typebox";
import Schema from "typebox/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uploadedChange } from "../../test/support/batches.ts";
import { startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";
import { runCleanup } from "../retention/run-cleanup.ts";
import { revealSecret } from "../config/secret.ts";

let server: TestServer;
let account: TestAccount;
beforeAll(async () => {
  server = await startTestServer();
  account = await server.register();
  const changes = [uploadedChange({ id: "a", text: "12345" }), uploadedChange({ id: "b", type: "delete" })];
  await account.inject({
    method: "POST",
    url: "/api/v1/sync/contacts/delta",
    payload: { changes, device_id: account.deviceId },
  });
  await account.inject({
    method: "POST",
    url: "/api/v1/sync/signatures",
    payload: { encrypted_data: "ciphertext", version: 1 },
  });
  await runCleanup(server.pool, { settings: server.context.config });
});
afterAll(() => server.close());

async function get(url: string, schema?: TSchema) {
  const authorization = `Bearer ${revealSecret(server.context.secrets.adminToken!)}`;
  const reply = await server.app.inject({ method: "GET", url, headers: { authorization } });
  if (schema !== undefined) expect(Schema.Errors(schema, reply.json())[1]).toEqual([]);
  return reply;
}

const routes = [
  "/metrics",
  "/api/v1/admin/stats",
  "/api/v1/admin/users",
  `/api/v1/admin/users/${randomUUID()}`,
  "/api/v1/admin/epochs",
  "/api/v1/admin/cleanup",
  "/api/v1/admin/traffic",
  "/api/v1/admin/activity",
  "/api/v1/admin/collections",
  "/api/v1/admin/devices",
  "/api/v1/admin/doctor",
];

describe("the operator's routes", () => {
  test.each(routes)("%s opens with the operator's token only", async (url) => {
    const tokens = [
      "",
      "Bearer",
      "Bearer ",
      "Basic admin token of the tests",
      `Bearer ${account.session.tokens.access_token}`,
    ];
    for (const authorization of tokens) {
      const reply = await server.app.inject({ method: "GET", url, headers: { authorization } });
      expect(reply.statusCode).toBe(401);
      expect(reply.json()).toMatchObject({ code: "ADMIN_TOKEN_REQUIRED" });
    }
  });

  test("statistics count accounts, collections and bytes", async () => {
    const { data } = (await get("/api/v1/admin/stats", AdminStatsReply)).json();
    expect(data).toMatchObject({ accounts: 1, disabled_accounts: 0, active_devices: 1 });
    const contacts = data.data_types.find((row: { data_type: string }) => row.data_type === "contacts");
    expect(contacts).toMatchObject({ collections: 1, records: 1, tombstones: 1, record_bytes: 5, blobs: 0 });
    const signatures = data.data_types.find((row: { data_type: string }) => row.data_type === "signatures");
    expect(signatures).toMatchObject({ collections: 0, blobs: 1, blob_bytes: 10 });
    expect(data.tables.map((table: { name: string }) => table.name)).toContain("sync_data_changes");
  });

  test("accounts are listed by address, in pages, by a part of it, without a secret", async () => {
    const others = [];
    for (let i = 0; i < 4; i++) others.push(await server.register({ email: `Page-${i}@example.org` }));
    const seen: string[] = [];
    for (let after: string | null = ""; after !== null;) {
      const from: string = after === "" ? "" : `&after=${after}`;
      const url: string = `/api/v1/admin/users?limit=2&q=EXAMPLE.org&emails=full${from}`;
      const { users, next_after } = (await get(url, AdminUsersReply)).json<Static<typeof AdminUsersReply>>().data;
      expect(users.length).toBeLessThanOrEqual(2);
      seen.push(...users.map((user) => user.email));
      after = next_after;
    }
    expect(seen).toEqual([0, 1, 2, 3].map((i) => `page-${i}@example.org`));
    const { body } = await get("/api/v1/admin/users?emails=full");
    for (const word of ["hash", "salt", "wrap", "$argon2"]) expect(body).not.toContain(word);
  });

  test("one account: devices, collections, activity; none: ACCOUNT_NOT_FOUND", async () => {
    const { data } = (await get(`/api/v1/admin/users/${account.userId}?emails=full`, AdminUserReply)).json();
    expect(data).toMatchObject({ id: account.userId, email: account.email, records: 1, bytes: 15, state: "active" });
    expect(data.device_list).toMatchObject([{ device_id: account.deviceId, revoked_at: null }]);
    expect(data.collections).toMatchObject([
      { data_type: "contacts", head: 2, record_count: 1, blob_version: null },
      { data_type: "signatures", head: 0, blob_version: 1, blob_bytes: 10, last_changed_at: null },
    ]);
    expect(data.activity.map((entry: { action: string }) => entry.action)).toEqual(["blob_upload", "delta_upload"]);
    const missing = await get(`/api/v1/admin/users/${randomUUID()}`);
    expect(missing.json()).toMatchObject({ code: "ACCOUNT_NOT_FOUND" });
    expect((await get("/api/v1/admin/users/nobody")).json()).toMatchObject({ code: "INVALID_REQUEST" });
  });

  test.each(routes)("without a token in the settings there is no %s", async (url) => {
    const off = await startTestServer({ adminToken: null });
    try {
      for (const headers of [{}, { authorization: "Bearer " }, { authorization: "Bearer null" }]) {
        const reply = await off.app.inject({ method: "GET", url, headers });
        expect(reply.json()).toMatchObject({ code: "NOT_FOUND" });
      }
    } finally {
      await off.close();
    }
  });

  test("the day's activity is summed, and names no record", async () => {
    const reply = await get("/api/v1/admin/activity?emails=full", AdminActivityReply);
    const { activity } = reply.json<Static<typeof AdminActivityReply>>().data;
    expect(activity).toMatchObject([
      { email: account.email, data_type: "contacts", change_type: "delete", changes: 1 },
      { email: account.email, data_type: "contacts", change_type: "insert", changes: 1 },
    ]);
    expect(reply.body).not.toContain("record_id");
  });

  test("the largest collections, with their horizons", async () => {
    const reply = await get("/api/v1/admin/collections?emails=full", AdminCollectionsReply);
    const { collections } = reply.json<Static<typeof AdminCollectionsReply>>().data;
    expect(collections[0]).toMatchObject({
      email: account.email,
      data_type: "contacts",
      head: 2,
      horizon: 0,
      record_count: 1,
      tombstone_count: 1,
      record_bytes: 5,
      kept_batches: 1,
    });
  });

  test("devices are listed once they were not seen for so long, revoked ones never", async () => {
    const asleep = await server.register();
    const ago = "update devices set created_at = now() - interval '40 days', last_seen_at = now() - interval '35 days'";
    await server.pool.query(`${ago} where user_id = $1`, [asleep.userId]);
    const ask = async (days: number) => {
      const reply = await get(`/api/v1/admin/devices?emails=full&not_seen_days=${days}`, AdminDevicesReply);
      return reply.json<Static<typeof AdminDevicesReply>>().data;
    };
    expect(await ask(30)).toMatchObject({ total: 1, devices: [{ email: asleep.email, device_id: asleep.deviceId }] });
    expect(await ask(36)).toEqual({ total: 0, devices: [] });
    await server.pool.query("update devices set revoked_at = now() where user_id = $1", [asleep.userId]);
    expect(await ask(30)).toEqual({ total: 0, devices: [] });
  });

  test("addresses are masked until asked for, and a page's end tells none", async () => {
    await server.register({ email: "masked-1@example.net" });
    await server.register({ email: "masked-2@example.net" });
    await server.pool.query("update devices set created_at = now() - interval '99 days', last_seen_at = null");
    const named = [
      "users?limit=1&q=example.net",
      `users/${account.userId}`,
      "activity",
      "collections",
      "devices?not_seen_days=90",
    ];
    for (const path of named) {
      const separator = path.includes("?") ? "&" : "?";
      const { body } = await get(`/api/v1/admin/${path}`);
      expect(body, path).toMatch(/"email":"\S••@e••\.\w+"/);
      expect(body, path).not.toContain("@example");
      expect((await get(`/api/v1/admin/${path}${separator}emails=masked`)).body, path).toBe(body);
      expect((await get(`/api/v1/admin/${path}${separator}emails=full`)).body, path).toContain("@example");
      expect((await get(`/api/v1/admin/${path}${separator}emails=all`)).json()).toMatchObject({
        code: "INVALID_REQUEST",
      });
    }
  });

  test("traffic counts requests, refused sign-ins and locked guesses", async () => {
    for (let attempt = 0; attempt < 11; attempt++) {
      const payload = { email: account.email, password: "not the secret", device_id: account.deviceId };
      await server.app.inject({ method: "POST", url: "/api/v1/auth/login", payload });
    }
    const reply = await get("/api/v1/admin/traffic", AdminTrafficReply);
    const { wrong_secrets, samples } = reply.json<Static<typeof AdminTrafficReply>>().data;
    expect(wrong_secrets).toMatchObject({ subjects: 1, locked: 1 });
    expect(samples).toEqual([]); // the first is taken fifteen seconds after the server began to listen
  });

  test("the doctor finds nothing wrong in a fresh database", async () => {
    const reply = await get("/api/v1/admin/doctor", AdminDoctorReply);
    const { findings } = reply.json<Static<typeof AdminDoctorReply>>().data;
    expect(findings.filter(({ level }) => level === "fail")).toEqual([]);
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(["database", "horizons", "batches"]));
  });

  test("epochs and the last cleanup", async () => {
    const { epochs } = (await get("/api/v1/admin/epochs", AdminEpochsReply)).json().data;
    expect(epochs).toMatchObject([{ reason: "created", is_exact: true }]);
    const { data } = (await get("/api/v1/admin/cleanup", AdminCleanupReply)).json();
    expect(data).toMatchObject({ suspect_since: null, report: { outcome: "done", rows: { history: 0 } } });
  });

  test("metrics tell routes by template, changes, conflicts, 410s and the pool, and nothing about a person", async () => {
    const push = (base: number) =>
      account.inject({
        method: "POST",
        url: "/api/v1/sync/contacts/delta",
        payload: {
          changes: [{ ...uploadedChange({ id: "a", text: "again" }), client_timestamp: "1971-01-01T00:00:00Z" }],
          device_id: account.deviceId,
          ...(base < 0 ? {} : { base }),
        },
      });
    expect((await push(-1)).json()).toMatchObject({ data: { conflict_count: 1 } });
    await server.app.inject({ method: "GET", url: `/nowhere/${randomBytes(4).toString("hex")}` });
    const { body, headers } = await get("/metrics");
    expect(headers["content-type"]).toContain("text/plain");
    expect(body).toContain(
      'owlivion_http_request_duration_seconds_count{method="POST",route="/api/v1/sync/:data_type/delta",status="200"}',
    );
    expect(body).toContain('route="none",status="404"');
    expect(body).toContain('owlivion_changes_total{data_type="contacts",status="applied"} 2');
    expect(body).toContain('owlivion_conflicts_total{data_type="contacts",reason="OLDER"} 1');
    expect(body).toMatch(/owlivion_pool_connections\{state="waiting"\} 0/);
    expect(body).toMatch(/process_cpu_seconds_total/);
    for (const secret of [account.userId, account.deviceId, account.email, "nowhere"])
      expect(body).not.toContain(secret);
  });

  test("metrics count 410s by code", async () => {
    await server.pool.query("update sync_data set horizon = head where user_id = $1", [account.userId]);
    const reply = await account.inject({
      method: "GET",
      url: "/api/v1/sync/contacts/delta?since=1971-01-01T00:00:00Z",
    });
    expect(reply.statusCode).toBe(410);
    const { code } = reply.json();
    expect((await get("/metrics")).body).toContain(`owlivion_gone_total{code="${code}"} 1`);
  });
});
