/** Who a request comes from; `auth/authenticate.ts` puts it on the request, nothing else may. */
export interface RequestSession {
  readonly userId: string;
  readonly deviceId: string;
  /** The family of refresh tokens the access token belongs to. */
  readonly sessionId: string;
  readonly kind: "plain" | "sealed";
  /** Envelopes sealed under an older key epoch are refused. 0 for a plain account. */
  readonly keyEpoch: number;
  /** Another for each life of an account: one that was erased and made anew with the same id has another. */
  readonly incarnation: string;
  /** Seconds since 1970 at which the access token expires. */
  readonly expiresAt: number;
}

declare module "fastify" {
  interface FastifyRequest {
    session: RequestSession | null;
  }
}

/** The session of a request on a route that has the `authenticate` hook. */
export function sessionOf(request: { session: RequestSession | null }): RequestSession {
  if (request.session === null) throw new Error("route without the authenticate hook asked for a session");
  return request.session;
}
