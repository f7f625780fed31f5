import type { FastifyRequest } from "fastify";

/** What routes put in front of their handlers. */
export interface Guards {
  /** onRequest, before the body is read: proves the access token, sets `request.session`, counts. */
  readonly authenticate: (request: FastifyRequest) => Promise<void>;
  /** preHandler: a sealed account must prove its auth secret again, by body or header. */
  readonly requireSecret: (request: FastifyRequest) => Promise<void>;
}
