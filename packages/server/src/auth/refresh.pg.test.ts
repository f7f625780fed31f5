import type { Tokens } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
let other: TestServer;
let nowMs = Date.now();
const clock = () => nowMs;
const warnings: unknown[] = [];
const log = { debug() {}, info() {}, warn: (entry: unknown) => void warnings.push(entry), error() {} };

beforeAll(async () => {
  server = await startTestServer({ authPorts: { clock }, log });
  other = await startTestServer({ authPorts: { clock }, database: server.database });
});
afterAll(async () => {
  await other.close();
  await server.close();
});
beforeEach(() => {
  warnings.length = 0;
});

const refresh = (token: string, at: TestServer = server) =>
  at.app.inject({ method: "POST", url: "/api/v1/auth/refresh", payload: { refresh_token: token } });

async function refreshed(token: string, at?: TestServer): Promise<Tokens> {
  const reply = await refresh(token, at);
  expect(reply.statusCode, reply.body).toBe(200);
  return reply.json<{ data: { tokens: Tokens } }>().data.tokens;
}

async function isAlive(account: TestAccount, accessToken = account.session.tokens.access_token): Promise<boolean> {
  const headers = { authorization: `Bearer ${accessToken}` };
  return (await server.app.inject({ url: "/api/v1/devices", headers })).statusCode === 200;
}

describe("refreshing", () => {
  test("gives the next refresh token and an access token of the same session", async () => {
    const account = await server.register();
    const first = await refreshed(account.session.tokens.refresh_token);
    expect(first.refresh_token).not.toBe(account.session.tokens.refresh_token);
    expect(await isAlive(account, first.access_token)).toBe(true);
    const second = await refreshed(first.refresh_token);
    expect(second.refresh_token).not.toBe(first.refresh_token);
  });

  test("S39 fifty at once, at two processes, get one successor, and the session has one line of tokens", async () => {
    const account = await server.register();
    const token = account.session.tokens.refresh_token;
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => refreshed(token, i % 2 === 0 ? server : other)),
    );
    expect(new Set(replies.map((tokens) => tokens.refresh_token)).size).toBe(1);
    const { rows } = await server.pool.query(
      "select count(*)::int as tokens, count(consumed_at)::int as consumed from refresh_tokens where user_id = $1",
      [account.userId],
    );
    expect(rows).toEqual([{ tokens: 2, consumed: 1 }]);
  });

  test("S40 a retry within 60 s, its answer lost, gets the same successor, even at another process", async () => {
    const account = await server.register();
    const token = account.session.tokens.refresh_token;
    const first = await refreshed(token);
    nowMs += 60_000;
    const again = await refreshed(token, other);
    expect(again.refresh_token).toBe(first.refresh_token);
    expect(again.access_token).not.toBe(first.access_token);
    await refreshed(again.refresh_token);
  });

  test("S41 reuse after 60 s ends the session, its newest tokens too, and is told to the operator", async () => {
    const account = await server.register();
    const elsewhere = await server.signIn(account);
    const token = account.session.tokens.refresh_token;
    const first = await refreshed(token);
    nowMs += 60_001;
    expect((await refresh(token)).json()).toMatchObject({ code: "INVALID_REFRESH_TOKEN" });
    expect((await refresh(first.refresh_token)).statusCode).toBe(401);
    expect(await isAlive(account, first.access_token)).toBe(false);
    expect(await isAlive(elsewhere)).toBe(true);
    expect(warnings).toEqual([{ event: "refresh_token_reused" }]);
    expect(JSON.stringify(warnings)).not.toContain(account.email);
  });

  test("S41 reuse within 60 s, its successor used, ends the session", async () => {
    const account = await server.register();
    const first = await refreshed(account.session.tokens.refresh_token);
    await refreshed(first.refresh_token);
    expect((await refresh(account.session.tokens.refresh_token)).statusCode).toBe(401);
    expect(await isAlive(account)).toBe(false);
  });

  test("a token expires after 30 days without use, and not while it is used", async () => {
    const account = await server.register();
    const day = 24 * 60 * 60 * 1000;
    let token = account.session.tokens.refresh_token;
    nowMs += 29 * day;
    token = (await refreshed(token)).refresh_token;
    nowMs += 29 * day;
    token = (await refreshed(token)).refresh_token;
    nowMs += 30 * day;
    expect((await refresh(token)).json().code).toBe("INVALID_REFRESH_TOKEN");
  });

  test("only hashes are stored", async () => {
    const account = await server.register();
    const { rows } = await server.pool.query(
      "select encode(token_hash, 'hex') as hash from refresh_tokens where user_id = $1",
      [account.userId],
    );
    const token = Buffer.from(account.session.tokens.refresh_token, "base64url").toString("hex");
    expect(rows).toHaveLength(1);
    expect(rows[0].hash).not.toBe(token);
  });

  test.each(["", "x", "A".repeat(43), "A".repeat(128)])("what is no token of ours is refused: %j", async (token) => {
    expect([400, 401]).toContain((await refresh(token)).statusCode);
  });

  test("S42 a disabled account and a revoked device refresh no more", async () => {
    const account = await server.register();
    await server.pool.query("update users set disabled_at = now() where user_id = $1", [account.userId]);
    expect((await refresh(account.session.tokens.refresh_token)).statusCode).toBe(401);
    const revoked = await server.register();
    await server.pool.query("update devices set revoked_at = now() where user_id = $1", [revoked.userId]);
    expect((await refresh(revoked.session.tokens.refresh_token)).statusCode).toBe(401);
  });

  test("S42 a revocation beside fifty refreshes leaves no token behind", async () => {
    const account = await server.register();
    const current = await server.signIn(account, { device_id: crypto.randomUUID() });
    let token = account.session.tokens.refresh_token;
    const refreshing = (async () => {
      for (let i = 0; i < 50; i++) {
        const reply = await refresh(token, i % 2 === 0 ? server : other);
        if (reply.statusCode !== 200) return;
        token = reply.json().data.tokens.refresh_token;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const revoked = await current.inject({ method: "DELETE", url: `/api/v1/devices/${account.deviceId}` });
    expect(revoked.statusCode).toBe(200);
    await refreshing;
    const { rowCount } = await server.pool.query("select from refresh_tokens where user_id = $1 and device_id = $2", [
      account.userId,
      account.deviceId,
    ]);
    expect(rowCount).toBe(0);
  });
});
