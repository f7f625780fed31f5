import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sealedFields, startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
let nowMs = Date.now();
beforeAll(async () => (server = await startTestServer({ authPorts: { clock: () => nowMs } })));
afterAll(() => server.close());

const probe = (account: TestAccount) => account.inject({ url: "/api/v1/devices" });
const codeOf = async (account: TestAccount) => (await probe(account)).json().code;
const withHeader = async (authorization: string) =>
  (await server.app.inject({ url: "/api/v1/devices", headers: { authorization } })).json().code;

describe("S42 access ends on the next request", () => {
  test("after signing out; the device's other session goes on", async () => {
    const account = await server.register();
    const other = await server.signIn(account);
    expect((await account.inject({ method: "POST", url: "/api/v1/auth/logout" })).statusCode).toBe(200);
    expect([await codeOf(account), (await probe(other)).statusCode]).toEqual(["SESSION_REVOKED", 200]);
  });

  test("after the device was revoked", async () => {
    const account = await server.register();
    const other = await server.signIn(account, { device_id: randomUUID() });
    await account.inject({ method: "DELETE", url: `/api/v1/devices/${other.deviceId}` });
    expect([await codeOf(other), (await probe(account)).statusCode]).toEqual(["SESSION_REVOKED", 200]);
  });

  test("after the account was disabled, and is back when it is enabled", async () => {
    const account = await server.register();
    await server.pool.query("update users set disabled_at = now() where user_id = $1", [account.userId]);
    expect(await codeOf(account)).toBe("SESSION_REVOKED");
    await server.pool.query("update users set disabled_at = null where user_id = $1", [account.userId]);
    expect((await probe(account)).statusCode).toBe(200);
  });

  test("after the secret was changed, except for who changed it", async () => {
    const account = await server.register();
    const other = await server.signIn(account);
    const payload = { password: account.password, new_password: "another secret" };
    const reply = await account.inject({ method: "POST", url: "/api/v1/auth/password", payload });
    expect(reply.json().data).toEqual({ ended_sessions: 1 });
    expect([await codeOf(other), (await probe(account)).statusCode]).toEqual(["SESSION_REVOKED", 200]);
  });

  test("a revoked device that signs in again is active; its old tokens stay dead", async () => {
    const account = await server.register();
    const phone = await server.signIn(account, { device_id: randomUUID() });
    await account.inject({ method: "DELETE", url: `/api/v1/devices/${phone.deviceId}` });
    const again = await server.signIn(phone);
    expect((await probe(again)).statusCode).toBe(200);
    expect(await codeOf(phone)).toBe("SESSION_REVOKED");
    const payload = { refresh_token: phone.session.tokens.refresh_token };
    expect((await server.app.inject({ method: "POST", url: "/api/v1/auth/refresh", payload })).statusCode).toBe(401);
  });
});

describe("access tokens", () => {
  test("expire after 15 minutes", async () => {
    const account = await server.register();
    nowMs += 15 * 60_000 - 1000;
    expect((await probe(account)).statusCode).toBe(200);
    nowMs += 2000;
    expect(await codeOf(account)).toBe("TOKEN_EXPIRED");
  });

  test("of another algorithm, key, issuer or kind are refused", async () => {
    const account = await server.register();
    const key = new TextEncoder().encode("jwt secret of the tests, long enough");
    const token = account.session.tokens.access_token;
    const claims = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as Record<string, unknown>;
    const sign = (alg: string, secret: Uint8Array, change: object) =>
      new SignJWT({ ...claims, ...change }).setProtectedHeader({ alg }).sign(secret);
    expect(await withHeader(`Bearer ${await sign("HS256", key, {})}`)).toBeUndefined();
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`;
    const longKey = new Uint8Array(64).fill(1);
    const wrong = [
      unsigned,
      `${token.slice(0, -2)}AA`,
      await sign("HS512", longKey, {}),
      await sign("HS256", longKey, {}),
      await sign("HS256", key, { iss: "somebody" }),
      await sign("HS256", key, { aud: "somebody" }),
      await sign("HS256", key, { kind: "recovery" }),
      await sign("HS256", key, { kind: undefined }),
      await sign("HS256", key, { jti: undefined }),
      await sign("HS256", key, { sub: undefined }),
      "a.b.c",
      "abc",
    ];
    for (const text of wrong) expect(await withHeader(`Bearer ${text}`), text).toBe("INVALID_TOKEN");
    expect(await withHeader("Basic YTpi")).toBe("AUTHENTICATION_REQUIRED");
  });

  test("S29 of one account with the device or session of another open nothing", async () => {
    const [ada, bob] = [await server.register(), await server.register()];
    const key = new TextEncoder().encode("jwt secret of the tests, long enough");
    const claims = (account: TestAccount) =>
      JSON.parse(Buffer.from(account.session.tokens.access_token.split(".")[1]!, "base64url").toString()) as object;
    const { device, sid } = claims(bob) as { device: string; sid: string };
    for (const change of [{ device }, { sid }, { device, sid }]) {
      const token = await new SignJWT({ ...claims(ada), ...change }).setProtectedHeader({ alg: "HS256" }).sign(key);
      expect(await withHeader(`Bearer ${token}`)).toBe("SESSION_REVOKED");
    }
  });

  test("S36 the body of a request without a session is not even read", async () => {
    const reply = await server.app.inject({
      method: "PUT",
      url: "/api/v1/account/keys",
      headers: { "content-type": "application/json" },
      payload: "{ this is not JSON",
    });
    expect(reply.json().code).toBe("AUTHENTICATION_REQUIRED");
  });

  test("one query proves a request", async () => {
    const account = await server.register(sealedFields());
    const queries: unknown[] = [];
    const query = server.pool.query.bind(server.pool);
    server.pool.query = ((...args: Parameters<typeof query>) => {
      queries.push(args);
      return query(...args);
    }) as typeof query;
    await account.inject({ url: "/api/v1/nowhere" });
    await account.inject({ url: "/api/v1/devices" });
    server.pool.query = query;
    expect(queries).toHaveLength(2); // the proof, and the list
  });
});
