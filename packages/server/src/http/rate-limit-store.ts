import { Redis } from "ioredis";
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from "rate-limiter-flexible";
import type { Config } from "../config/config.ts";
import type { Log } from "../log.ts";
import { revealSecret } from "../config/secret.ts";
import { burstSeconds, type RateLimit, type RateLimitName, rateLimits } from "./rate-limit-table.ts";

export interface Limiter {
  consume(key: string): Promise<RateLimiterRes>;
}

export interface RateLimitStore {
  readonly limiters: ReadonlyMap<RateLimitName, Limiter>;
  close(): void;
}

type Counter = { keyPrefix: string; points: number; duration: number };

/**
 * In memory for one process; in Redis for several. While Redis is away each process counts in its own memory: no limit
 * falls, and no request fails because of it.
 */
export function createRateLimitStore(config: Pick<Config, "redisUrl" | "rateLimitScale">, log: Log): RateLimitStore {
  const redis = config.redisUrl === undefined ? null : connect(revealSecret(config.redisUrl), log);
  const count = (counter: Counter) => {
    const memory = new RateLimiterMemory(counter);
    if (redis === null) return memory;
    return new RateLimiterRedis({
      ...counter,
      storeClient: redis,
      insuranceLimiter: memory,
      rejectIfRedisNotReady: true,
    });
  };
  const limiters = new Map<RateLimitName, Limiter>();
  for (const [name, limit] of Object.entries(rateLimits) as [RateLimitName, RateLimit][]) {
    const keyPrefix = `owlivion:${name}`;
    const steady = count({ keyPrefix, points: scaled(limit.requests, config), duration: limit.seconds });
    if (limit.burst === undefined) {
      limiters.set(name, steady);
      continue;
    }
    const points = scaled(limit.burst, config);
    limiters.set(
      name,
      new BurstyRateLimiter(steady, count({ keyPrefix: `${keyPrefix}:burst`, points, duration: burstSeconds })),
    );
  }
  return { limiters, close: () => redis?.disconnect() };
}

export function scaled(requests: number, { rateLimitScale }: Pick<Config, "rateLimitScale">): number {
  return Math.max(1, Math.round(requests * rateLimitScale));
}

const warnEveryMs = 60_000;

function connect(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    commandTimeout: 500,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempts) => Math.min(attempts * 200, 5000),
  });
  let warnedAt = -Infinity;
  redis.on("error", (error: Error) => {
    if (performance.now() - warnedAt < warnEveryMs) return;
    warnedAt = performance.now();
    log.warn({ err: error }, "Redis cannot be reached: rate limits are counted by each process");
  });
  return redis;
}
