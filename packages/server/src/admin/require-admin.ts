import { hash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { AppContext } from "../app-context.ts";
import { ApiError } from "../errors.ts";
import { revealSecret } from "../config/secret.ts";

/** An onRequest hook: the operator's token as bearer. Hashes are compared, so that time tells nothing, not its length either. */
export function createRequireAdmin(context: AppContext): (request: FastifyRequest) => Promise<void> {
  const expected = digest(revealSecret(context.secrets.adminToken));
  return async (request) => {
    const header = request.headers.authorization ?? "";
    const isBearer = header.slice(0, 7).toLowerCase() === "bearer ";
    if (timingSafeEqual(digest(header.slice(7)), expected) && isBearer) return;
    await context.rateLimits.consume(request, "anonymous");
    throw new ApiError("ADMIN_TOKEN_REQUIRED");
  };
}

const digest = (text: string): Buffer => hash("sha256", text, "buffer");
