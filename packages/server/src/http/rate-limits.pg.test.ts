import { randomUUID } from "node:crypto";
import type { FastifyInstance, InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLog } from "../../test/support/silent-log.ts";
import { startTestServer, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
const warnings: unknown[][] = [];
const log = { ...silentLog, warn: (...entry: unknown[]) => void warnings.push(entry) };

beforeAll(async () => {
  server = await startTestServer({ config: { rateLimitScale: 1, trustedProxies: ["10.0.0.0/8"] }, log });
});
afterAll(() => server.close());

let lastAddress = 0;
const freshAddress = () => `192.0.2.${++lastAddress}`;
const login = (remoteAddress: string, headers: InjectOptions["headers"] = {}, app: FastifyInstance = server.app) =>
  app.inject({
    method: "POST",
    url: "/api/v1/auth/login",
    remoteAddress,
    headers,
    payload: { email: `${randomUUID()}@example.com`, password: "a wrong secret", device_id: randomUUID() },
  });
async function statuses(times: number, send: () => ReturnType<typeof login>): Promise<number[]> {
  const replies = [];
  for (let i = 0; i < times; i++) replies.push((await send()).statusCode);
  return replies;
}

describe("by address", () => {
  test("five logins a minute, and the answers tell how it stands", async () => {
    const address = freshAddress();
    const first = await login(address);
    expect(first.headers).toMatchObject({
      "x-ratelimit-limit": "5",
      "x-ratelimit-remaining": "4",
      "ratelimit-policy": '"login";q=5;w=60',
      ratelimit: expect.stringMatching(/^"login";r=4;t=(60|59)$/),
    });
    const reset = Number(first.headers["x-ratelimit-reset"]);
    expect(Math.abs(reset - Date.now() / 1000 - 60)).toBeLessThan(3);
    expect(await statuses(4, () => login(address))).toEqual([401, 401, 401, 401]);
    const refused = await login(address);
    expect([refused.statusCode, refused.json().code]).toEqual([429, "RATE_LIMITED"]);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(50);
    expect(refused.headers["x-ratelimit-remaining"]).toBe("0");
    expect((await login(freshAddress())).statusCode).toBe(401);
  });

  test("S37 refreshing has a limit of its own: an office behind one address goes on", async () => {
    const remoteAddress = freshAddress();
    await statuses(6, () => login(remoteAddress));
    const refresh = () =>
      server.app.inject({
        method: "POST",
        url: "/api/v1/auth/refresh",
        remoteAddress,
        payload: { refresh_token: "A".repeat(43) },
      });
    expect(await statuses(60, refresh)).toEqual(Array<number>(60).fill(401));
  });

  test("three registrations an hour", async () => {
    const remoteAddress = freshAddress();
    const register = () =>
      server.app.inject({
        method: "POST",
        url: "/api/v1/auth/register",
        remoteAddress,
        payload: { email: `${randomUUID()}@example.com`, password: "long enough", device_id: randomUUID() },
      });
    expect(await statuses(4, register)).toEqual([201, 201, 201, 429]);
  });

  test("an IPv6 network of 64 bits is one address", async () => {
    let host = 0;
    expect(await statuses(6, () => login(`2001:db8:1:2::${++host}`))).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await login("2001:db8:1:3::1")).statusCode).toBe(401);
  });

  test("requests without a session", async () => {
    const remoteAddress = freshAddress();
    const probe = () => server.app.inject({ url: "/api/v1/devices", remoteAddress });
    const all = await statuses(301, probe);
    expect([all[299], all[300]]).toEqual([401, 429]);
  });

  test("S36 a request that is refused is refused before its body is read", async () => {
    const address = freshAddress();
    await statuses(5, () => login(address));
    const reply = await server.app.inject({
      method: "POST",
      url: "/api/v1/auth/login",
      remoteAddress: address,
      headers: { "content-type": "application/json" },
      payload: "{ this is not JSON",
    });
    expect(reply.statusCode).toBe(429);
  });
});

describe("S38 X-Forwarded-For", () => {
  test("of a stranger is ignored, whatever he writes, and warned of once a minute", async () => {
    warnings.length = 0;
    const address = freshAddress();
    let n = 0;
    const all = await statuses(6, () => login(address, { "x-forwarded-for": `203.0.113.${++n}` }));
    expect(all).toEqual([401, 401, 401, 401, 401, 429]);
    expect(warnings).toEqual([[{ peer: address }, expect.stringContaining("TRUSTED_PROXIES")]]);
  });

  test("of a trusted proxy tells the client; what the client wrote before it does not count", async () => {
    warnings.length = 0;
    let n = 0;
    const all = await statuses(6, () => login("10.1.2.3", { "x-forwarded-for": `8.8.8.${++n}, 198.51.100.7` }));
    expect(all).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await login("10.1.2.3", { "x-forwarded-for": "198.51.100.8" })).statusCode).toBe(401);
    expect(warnings).toEqual([]);
  });
});

describe("X-Forwarded-For of a trusted proxy", () => {
  test.each([
    ["with the client's port", (n: number) => `198.51.100.20:${50_000 + n}`],
    ["IPv6 with the client's port", (n: number) => `[2001:db8:7:7::${n}]:${50_000 + n}`],
    ["with what is no address", (n: number) => `client-${n}`],
  ])("%s is one address", async (_title, forwarded) => {
    let n = 0;
    const all = await statuses(6, () => login("10.9.8.7", { "x-forwarded-for": forwarded(++n) }));
    expect(all).toEqual([401, 401, 401, 401, 401, 429]);
  });
});

describe("by user and device", () => {
  test("ten requests a minute about devices, for each account", async () => {
    const app = server.app;
    const make = async () => {
      const payload = { email: `${randomUUID()}@example.com`, password: "long enough", device_id: randomUUID() };
      const reply = await app.inject({
        method: "POST",
        url: "/api/v1/auth/register",
        remoteAddress: freshAddress(),
        payload,
      });
      return { authorization: `Bearer ${reply.json().data.tokens.access_token}` };
    };
    const [ada, bob] = [await make(), await make()];
    const list = (headers: { authorization: string }) => app.inject({ url: "/api/v1/devices", headers });
    expect((await statuses(11, () => list(ada))).slice(9)).toEqual([200, 429]);
    expect((await list(bob)).statusCode).toBe(200);
  });
});
