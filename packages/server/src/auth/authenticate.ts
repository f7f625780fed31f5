import type { FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import type { RateLimits } from "../http/rate-limits.ts";
import type { RequestSession } from "../http/session.ts";
import type { Auth } from "./auth.ts";
import { readBearerToken } from "./bearer-token.ts";

/**
 * An onRequest hook: it runs before the body is read (S36), sets `request.session`, and counts the request by the limit of its
 * route. Requests that prove nothing are counted by their address.
 */
export function createAuthenticate(auth: Auth, limits: RateLimits): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    try {
      request.session = await readSession(auth, request.headers.authorization);
    } catch (error) {
      if (error instanceof ApiError) await limits.consume(request, "anonymous");
      throw error;
    }
    await limits.countSession(request);
  };
}

/** SESSION_REVOKED when the account, the device or the session has ended. */
export async function readSession(auth: Auth, authorization: string | undefined): Promise<RequestSession> {
  const claims = await auth.tokens.verifyAccess(readBearerToken(authorization));
  const live = await auth.accounts.findLiveSession(claims);
  if (live === null) throw new ApiError("SESSION_REVOKED");
  return { ...claims, ...live };
}
