import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { silentLog } from "../../test/support/silent-log.ts";
import { Secret } from "../config/secret.ts";
import { rateLimits } from "./rate-limit-table.ts";
import { RateLimits } from "./rate-limits.ts";

describe("rate limits", () => {
  test("a burst is on top: 60 and 30 pushes, then none", async () => {
    const limits = new RateLimits({ rateLimitScale: 1, redisUrl: undefined }, silentLog);
    const session = { userId: randomUUID(), deviceId: randomUUID() };
    const push = () => limits.consume({ session, limitedReply: null } as never, "delta_push");
    for (let i = 0; i < 90; i++) await push();
    await expect(push()).rejects.toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: expect.any(Number) });
  });

  const subject = { ip: "192.0.2.200", socket: {}, limitedReply: null } as never;

  test("every limit is multiplied by RATE_LIMIT_SCALE", async () => {
    const limits = new RateLimits({ rateLimitScale: 2, redisUrl: undefined }, silentLog);
    for (let i = 0; i < rateLimits.login.requests * 2; i++) await limits.consume(subject, "login");
    await expect(limits.consume(subject, "login")).rejects.toMatchObject({ code: "RATE_LIMITED" });
  });

  test("without its Redis each process counts by itself", async () => {
    const redisUrl = new Secret("redis://127.0.0.1:1");
    const app = {
      decorateRequest() {},
      hooks: [] as (() => void)[],
      addHook(_: string, hook: () => void) {
        this.hooks.push(hook);
      },
    };
    const limits = new RateLimits({ rateLimitScale: 1, redisUrl }, silentLog);
    limits.install(app as never);
    for (let i = 0; i < 5; i++) await limits.consume(subject, "login");
    await expect(limits.consume(subject, "login")).rejects.toMatchObject({ code: "RATE_LIMITED" });
    app.hooks[1]?.();
  });

  test("a Redis that answers nothing holds no request for long", async () => {
    const mute = createServer(() => {}).listen(0);
    const { port } = mute.address() as { port: number };
    const limits = new RateLimits({ rateLimitScale: 1, redisUrl: new Secret(`redis://127.0.0.1:${port}`) }, silentLog);
    const began = performance.now();
    await limits.consume(subject, "login");
    expect(performance.now() - began).toBeLessThan(1000);
    mute.close();
  });

  test("a limiter that breaks lets everything pass, and says so", async () => {
    const said: unknown[] = [];
    const broken = {
      limiters: new Map([["login", { consume: () => Promise.reject(new Error("broken")) }]]),
      close() {},
    };
    const limits = new RateLimits(
      { rateLimitScale: 1, redisUrl: undefined },
      { ...silentLog, error: (entry: unknown) => void said.push(entry) },
      broken as never,
    );
    await limits.consume(subject, "login");
    expect(said).toMatchObject([{ limit: "login" }]);
  });
});
