import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config/config.ts";

/** Of every reply, also of those that reach no route. The page at /docs has a policy of its own. */
export const securityHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none';frame-ancestors 'none';base-uri 'none';form-action 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-site",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  // Browsers heed it over TLS only. Sub-domains are not ours to decide about.
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "DENY",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
} as const;

/** Headers that keep a browser from doing more with an answer than it should, and the origins that may call us. */
export async function installSecurity(app: FastifyInstance, config: Pick<Config, "corsOrigins">): Promise<void> {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(securityHeaders);
    reply.header("x-request-id", request.id); // what the log calls reqId
  });
  if (config.corsOrigins.length === 0) return;
  await app.register(cors, {
    origin: [...config.corsOrigins],
    methods: ["GET", "POST", "PUT", "DELETE"],
    allowedHeaders: ["authorization", "content-type", "accept", "idempotency-key", "owlivion-password"],
    exposedHeaders: [
      "date", // clients correct their clocks by it
      "x-request-id",
      "retry-after",
      "x-ratelimit-limit",
      "x-ratelimit-remaining",
      "x-ratelimit-reset",
      "ratelimit",
      "ratelimit-policy",
    ],
    maxAge: 600,
  });
}
