import type { RateLimit, RateLimitName } from "./rate-limit-table.ts";

/** How a limit stands after a request. */
export interface RateLimitState {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/**
 * `X-RateLimit-*` with the reset as seconds since 1970, as most APIs have it, and the structured fields of
 * draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy: "name";q=60;w=60` (quota, window in seconds) and
 * `RateLimit: "name";r=59;t=30` (remaining, seconds until the reset).
 */
export function rateLimitHeaders(
  name: RateLimitName,
  { seconds }: Pick<RateLimit, "seconds">,
  { limit, remaining, resetMs }: RateLimitState,
  nowMs: number,
): Record<string, string> {
  const resetSeconds = Math.max(0, Math.ceil(resetMs / 1000));
  return {
    "x-ratelimit-limit": String(limit),
    "x-ratelimit-remaining": String(remaining),
    "x-ratelimit-reset": String(Math.ceil(nowMs / 1000) + resetSeconds),
    "ratelimit-policy": `"${name}";q=${limit};w=${seconds}`,
    ratelimit: `"${name}";r=${remaining};t=${resetSeconds}`,
  };
}
