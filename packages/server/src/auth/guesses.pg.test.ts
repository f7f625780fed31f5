import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sealedFields, startTestServer, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
let other: TestServer;
let nowMs = Date.now();
const authPorts = { clock: () => nowMs };
beforeAll(async () => {
  server = await startTestServer({ authPorts, config: { databasePoolSize: 5 } });
  other = await startTestServer({ authPorts, database: server.database });
});
afterAll(async () => {
  await other.close();
  await server.close();
});

const minute = 60_000;
const login = (email: string, password: string, at: TestServer = server) =>
  at.app.inject({
    method: "POST",
    url: "/api/v1/auth/login",
    payload: { email, password, device_id: "7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01" },
  });
const wrong = (email: string, at?: TestServer) => login(email, "a wrong secret", at);

async function guess(email: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) expect((await wrong(email)).json().code).toBe("INVALID_CREDENTIALS");
}

describe("S38 wrong secrets are counted by account, wherever they come from", () => {
  test("ten in 15 minutes, then a delay that doubles; the right secret must wait too, and forgets it", async () => {
    const account = await server.register();
    await guess(account.email, 10);
    for (const delay of [30, 60, 120]) {
      const refused = await login(account.email, account.password, other);
      expect([refused.statusCode, refused.json().code]).toEqual([429, "TOO_MANY_ATTEMPTS"]);
      expect(refused.headers["retry-after"]).toBe(String(delay));
      nowMs += delay * 1000;
      await guess(account.email, 1);
    }
    nowMs += 240_000;
    await server.signIn(account);
    await guess(account.email, 10);
    expect((await wrong(account.email)).statusCode).toBe(429);
  });

  test("an address is counted however it is written", async () => {
    const email = `case-${randomUUID()}@example.com`;
    await guess(email, 5);
    await guess(` ${email.toUpperCase()} `, 5);
    expect((await wrong(email)).statusCode).toBe(429);
  });

  test("the right secret of a disabled account is no guess", async () => {
    const account = await server.register();
    const { pool } = server;
    await pool.query("update users set disabled_at = now() where user_id = $1", [account.userId]);
    for (let i = 0; i < 12; i++)
      expect((await login(account.email, account.password)).json().code).toBe("ACCOUNT_DISABLED");
    await pool.query("update users set disabled_at = null where user_id = $1", [account.userId]);
    await server.signIn(account);
  });

  test("after 15 minutes the count begins anew", async () => {
    const email = `window-${randomUUID()}@example.com`;
    await guess(email, 9);
    nowMs += 15 * minute;
    await guess(email, 10);
    expect((await wrong(email)).statusCode).toBe(429);
    nowMs += 30_000 + 15 * minute;
    await guess(email, 10);
  });

  test("fifty guesses side by side at two processes: ten are looked at", async () => {
    const account = await server.register();
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => wrong(account.email, i % 2 === 0 ? server : other)),
    );
    const statuses = replies.map((reply) => reply.statusCode);
    expect([
      statuses.filter((status) => status === 401).length,
      statuses.filter((status) => status === 429).length,
    ]).toEqual([10, 40]);
  });

  test("an outsider who locks the login locks neither recovery nor what a session is asked for", async () => {
    const account = await server.register(sealedFields());
    await guess(account.email, 10);
    const keys = await account.inject({
      url: "/api/v1/account/keys",
      headers: { "owlivion-password": account.password },
    });
    expect(keys.statusCode).toBe(200);
    const payload = { email: account.email, recovery_auth: "recovery secret" };
    const started = await server.app.inject({ method: "POST", url: "/api/v1/auth/recover/start", payload });
    expect(started.statusCode).toBe(200);
  });

  test("a session that guesses is locked by itself", async () => {
    const account = await server.register(sealedFields());
    const ask = (password: string) =>
      account.inject({ url: "/api/v1/account/keys", headers: { "owlivion-password": password } });
    for (let i = 0; i < 10; i++) expect((await ask("a wrong secret")).json().code).toBe("INVALID_CREDENTIALS");
    expect((await ask(account.password)).json().code).toBe("TOO_MANY_ATTEMPTS");
    await server.signIn(account);
  });

  test("recovery secrets are counted", async () => {
    const account = await server.register(sealedFields());
    const start = (recovery_auth: string) =>
      server.app.inject({
        method: "POST",
        url: "/api/v1/auth/recover/start",
        payload: { email: account.email, recovery_auth },
      });
    for (let i = 0; i < 10; i++) expect((await start("a wrong secret")).statusCode).toBe(401);
    expect((await start("recovery secret")).statusCode).toBe(429);
  });

  test("the table tells no address", async () => {
    const email = `secret-${randomUUID()}@example.com`;
    await guess(email, 1);
    const { rows } = await server.pool.query<{ text: string }>(
      "select encode(subject, 'escape') as text from secret_failures",
    );
    expect(rows.some((row) => row.text.includes(email))).toBe(false);
  });
});

test("S31 S34 eighty wrong logins at once, on five connections: all answered, the server lives", async () => {
  const account = await server.register();
  const emails = Array.from({ length: 80 }, (_, i) =>
    i % 2 === 0 ? `nobody-${i}@example.com` : `some-${i}@example.com`,
  );
  const replies = await Promise.all([
    ...emails.map((email) => wrong(email)),
    account.inject({ url: "/api/v1/devices" }),
  ]);
  const statuses = new Set(replies.slice(0, 80).map((reply) => reply.statusCode));
  expect([...statuses]).toEqual([401]);
  expect(replies[80]?.statusCode).toBe(200);
  expect((await server.app.inject({ url: "/health/ready" })).statusCode).toBe(200);
});
