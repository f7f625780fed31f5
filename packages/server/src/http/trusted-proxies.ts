import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Log } from "../log.ts";

const warnEveryMs = 60_000;

/**
 * `X-Forwarded-For` counts only when the peer is one of TRUSTED_PROXIES (Fastify's `trustProxy`); otherwise anybody could
 * choose the address he is limited by (S38). A proxy that was forgotten in the settings shows itself in the log.
 */
export function warnOfUntrustedProxies(
  app: FastifyInstance,
  log: Log,
  now: () => number = () => performance.now(),
): void {
  let warnedAt = -Infinity;
  app.addHook("onRequest", async (request) => {
    if (!isForwardedByStranger(request) || now() - warnedAt < warnEveryMs) return;
    warnedAt = now();
    log.warn(
      { peer: request.socket.remoteAddress },
      "X-Forwarded-For from a peer that is not in TRUSTED_PROXIES is ignored: clients behind a proxy share one address",
    );
  });
}

/** With a trusted peer Fastify lists the peer and at least one address more. */
function isForwardedByStranger(request: FastifyRequest): boolean {
  return request.headers["x-forwarded-for"] !== undefined && (request.ips?.length ?? 1) < 2;
}
