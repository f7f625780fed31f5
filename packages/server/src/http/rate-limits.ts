import type { FastifyInstance, FastifyRequest } from "fastify";
import { RateLimiterRes } from "rate-limiter-flexible";
import type { Config } from "../config/config.ts";
import { ApiError } from "../errors.ts";
import type { Log } from "../log.ts";
import { addressKey } from "./address-key.ts";
import { rateLimitHeaders } from "./rate-limit-headers.ts";
import { createRateLimitStore, type RateLimitStore, scaled } from "./rate-limit-store.ts";
import { type RateLimit, type RateLimitName, rateLimits } from "./rate-limit-table.ts";
import { sessionOf } from "./session.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The limit of the route, or how the request tells which. By whom it is counted stands in rate-limit-table.ts. */
    rateLimit?: RateLimitName | ((request: FastifyRequest) => RateLimitName);
  }
  interface FastifyRequest {
    /** Where the limits write their headers. */
    limitedReply: FastifyReply | null;
  }
}

/** Counts requests by the limits of rate-limit-table.ts and tells the caller how he stands. */
export class RateLimits {
  readonly #config: Pick<Config, "redisUrl" | "rateLimitScale">;
  readonly #store: RateLimitStore;
  readonly #log: Log;

  constructor(
    config: Pick<Config, "redisUrl" | "rateLimitScale">,
    log: Log,
    store = createRateLimitStore(config, log),
  ) {
    this.#config = config;
    this.#log = log;
    this.#store = store;
  }

  /** For all routes: counts those that are limited by address, before anything else is done for them. */
  install(app: FastifyInstance): void {
    app.decorateRequest("limitedReply", null);
    app.addHook("onRequest", async (request, reply) => {
      request.limitedReply = reply;
      const name = limitOf(request);
      if (name !== undefined && rateLimits[name].per === "address") await this.consume(request, name);
    });
    app.addHook("onClose", async () => this.#store.close());
  }

  /** Counts a request of a route that is limited by user or device, once it has a session. */
  async countSession(request: FastifyRequest): Promise<void> {
    const name = limitOf(request);
    if (name !== undefined && rateLimits[name].per !== "address") await this.consume(request, name);
  }

  /** RATE_LIMITED when this request is one too many. A limiter that is broken lets everything pass. */
  async consume(request: FastifyRequest, name: RateLimitName): Promise<void> {
    const limit: RateLimit = rateLimits[name];
    const state = await this.#count(name, keyOf(request, limit));
    if (state === null) return;
    const { remainingPoints: remaining, msBeforeNext: resetMs } = state.result;
    const quota = scaled(limit.requests, this.#config);
    request.limitedReply?.headers(rateLimitHeaders(name, limit, { limit: quota, remaining, resetMs }, Date.now()));
    if (!state.isAllowed) {
      throw new ApiError("RATE_LIMITED", { retryAfterSeconds: Math.max(1, Math.ceil(resetMs / 1000)) });
    }
  }

  async #count(name: RateLimitName, key: string): Promise<{ isAllowed: boolean; result: RateLimiterRes } | null> {
    try {
      const result = await this.#store.limiters.get(name)?.consume(key);
      return result === undefined ? null : { isAllowed: true, result };
    } catch (error) {
      if (error instanceof RateLimiterRes) return { isAllowed: false, result: error };
      this.#log.error({ err: error, limit: name }, "the rate limiter failed; the request passes");
      return null;
    }
  }
}

function limitOf(request: FastifyRequest): RateLimitName | undefined {
  const { rateLimit } = request.routeOptions.config;
  return typeof rateLimit === "function" ? rateLimit(request) : rateLimit;
}

function keyOf(request: FastifyRequest, { per }: RateLimit): string {
  if (per === "address") return addressKey(request.ip, request.socket.remoteAddress ?? "");
  const { userId, deviceId } = sessionOf(request);
  return per === "user" ? userId : `${userId}/${deviceId}`;
}
