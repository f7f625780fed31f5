import { HealthReply, protocolVersion, ReadyReply, ServerConfigReply } from "@owlivion/sync-protocol";
import Schema from "typebox/schema";
import { afterEach, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
afterEach(() => server.close());
const get = (url: string, headers = {}) => server.app.inject({ method: "GET", url, headers });

describe("health", () => {
  test("a server with its database is alive and ready, without a token", async () => {
    server = await startTestServer();
    const health = await get("/health");
    expect(health.json()).toEqual({ success: true, status: "healthy", timestamp: expect.stringMatching(/Z$/) });
    expect(Schema.Check(HealthReply, health.json())).toBe(true);
    expect(Schema.Check(ReadyReply, (await get("/health/ready")).json())).toBe(true);
  });

  test("HEAD asks for health alone: elsewhere it would do the work of a GET for nothing", async () => {
    server = await startTestServer();
    const account = await server.register();
    const head = async (url: string) => (await account.inject({ method: "HEAD", url })).statusCode;
    expect([await head("/health"), await head("/health/ready")]).toEqual([200, 200]);
    expect([await head("/api/v1/account/export"), await head("/api/v1/sync/status")]).toEqual([404, 404]);
  });

  test("when the database does not answer in time it is alive but not ready, and heals (S35)", async () => {
    server = await startTestServer({ config: { databasePoolSize: 1, databasePoolWaitMs: 60_000 } });
    const client = await server.pool.connect();
    const reply = await get("/health/ready");
    expect(reply.statusCode).toBe(503);
    expect(reply.json()).toMatchObject({ success: false, code: "DATABASE_UNAVAILABLE" });
    expect(reply.headers["retry-after"]).toBe("1");
    expect((await get("/health")).statusCode).toBe(200);
    client.release();
    expect((await get("/health/ready")).statusCode).toBe(200);
  });

  test("connections that the database ended do not make it unready for long (S33)", async () => {
    server = await startTestServer();
    await get("/health/ready");
    const end =
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    await server.database.pool.query(end);
    await expect.poll(async () => (await get("/health/ready")).statusCode).toBe(200);
  });

  test("/config tells protocol, data types, limits and retention", async () => {
    server = await startTestServer({ config: { registration: "invite", quotaBytes: 77 } });
    const reply = await get("/api/v1/config");
    expect(Schema.Check(ServerConfigReply, reply.json())).toBe(true);
    expect(reply.json().data).toMatchObject({
      protocol: protocolVersion,
      registration: "invite",
      data_types: ["accounts", "contacts", "preferences", "signatures"],
      quota: { bytes: 77 },
      limits: { maxBatchChanges: 1000 },
      retention: { history_days: 30, tombstone_days: 90 },
    });
    expect((await get("/config")).json()).toEqual(reply.json());
  });
});

describe("headers", () => {
  test("every answer forbids sniffing, framing, referrers, scripts and keeping a copy", async () => {
    server = await startTestServer();
    for (const url of ["/health", "/nowhere", "/api/v1/sync/status"]) {
      const { headers } = await get(url);
      expect(headers, url).toMatchObject({
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
        "content-security-policy": expect.stringContaining("default-src 'none'"),
      });
      expect(headers, url).not.toHaveProperty("access-control-allow-origin");
      expect(headers, url).not.toHaveProperty("x-powered-by");
    }
  });

  test("only the origins of the list may call from a browser, also to read an error", async () => {
    const origin = "https://app.example.com";
    server = await startTestServer({ config: { corsOrigins: [origin] } });
    const allowed = await get("/api/v1/sync/status", { origin });
    expect(allowed.statusCode).toBe(401);
    expect(allowed.headers["access-control-allow-origin"]).toBe(origin);
    expect(allowed.headers).not.toHaveProperty("access-control-allow-credentials");
    for (const other of [
      "https://evil.example.com",
      "https://app.example.com.evil.com",
      "null",
      "http://app.example.com",
    ]) {
      expect((await get("/health", { origin: other })).headers["access-control-allow-origin"], other).not.toBe(other);
    }
    const preflight = await server.app.inject({
      method: "OPTIONS",
      url: "/api/v1/sync/contacts/delta",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers["access-control-allow-headers"]).toContain("idempotency-key");
  });

  test("a page of another origin may read the server's time, its patience and the request's id", async () => {
    const origin = "https://app.example.com";
    server = await startTestServer({ config: { corsOrigins: [origin] } });
    const { headers } = await get("/api/v1/sync/status", { origin });
    const exposed = String(headers["access-control-expose-headers"]).split(/, */);
    expect(exposed).toEqual(expect.arrayContaining(["date", "retry-after", "x-request-id"]));
  });

  test("a reply to one request too many has them too, or a page of another origin could not wait as long as it should", async () => {
    const origin = "https://app.example.com";
    server = await startTestServer({ config: { corsOrigins: [origin], rateLimitScale: 0.001 } });
    const payload = { email: "ada@example.com" };
    const ask = () => server.app.inject({ method: "POST", url: "/api/v1/auth/prelogin", headers: { origin }, payload });
    const replies = [await ask(), await ask()];
    expect(replies.at(-1)?.statusCode).toBe(429);
    expect(replies.at(-1)?.headers).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-expose-headers": expect.stringContaining("retry-after"),
      "retry-after": expect.stringMatching(/^\d+$/),
      "x-content-type-options": "nosniff",
      "x-request-id": expect.any(String),
    });
  });

  test("the page of the API at /docs is served from our own files alone", async () => {
    server = await startTestServer();
    const page = await get("/docs/");
    expect(page.statusCode).toBe(200);
    expect(page.headers["content-security-policy"]).not.toMatch(/https?:|upgrade-insecure/);
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).toMatch(/^\.\/static\//);
      expect((await get(`/docs/${file.slice(2)}`)).statusCode).toBe(200);
    }
    expect((await get("/docs/json")).json()).toMatchObject({ openapi: "3.1.0" });
  });
});
