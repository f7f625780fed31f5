import { hash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { AppContext } from "../app-context.ts";
import { ApiError } from "../errors.ts";
import { revealSecret } from "../config/secret.ts";

/** An onRequest hook: the operator's token as bearer; without one in the settings there is no such route. Hashes are compared, so that time tells nothing, not its length either. */
export function createRequireAdmin(context: AppContext): (request: FastifyRequest) => Promise<void> {
  const { adminToken } = context.secrets;
  const expected = adminToken === null ? null : digest(revealSecret(adminToken));
  return async (request) => {
    if (expected === null) throw new ApiError("NOT_FOUND");
    const header = request.headers.authorization ?? "";
    const isBearer = header.slice(0, 7).toLowerCase() === "bearer ";
    if (timingSafeEqual(digest(header.slice(7)), expected) && isBearer) {
      await context.rateLimits.consume(request, "admin");
      return;
    }
    await context.rateLimits.consume(request, "anonymous");
    throw new ApiError("ADMIN_TOKEN_REQUIRED");
  };
}

const digest = (text: string): Buffer => hash("sha256", text, "buffer");
