import type { FastifyRequest } from "fastify";

/** What the accounts' folder offers to the routes of others. */
export interface Guards {
  /** onRequest, before the body is read: proves the access token, sets `request.session`, counts the request. */
  readonly authenticate: (request: FastifyRequest) => Promise<void>;
  /** preHandler: a sealed account must prove its auth secret again, by body or header. */
  readonly requireSecret: (request: FastifyRequest) => Promise<void>;
  /** The hash of a new secret; INVALID_REQUEST, naming the field, when its length is wrong. */
  readonly hashSecret: (secret: string, field: string) => Promise<string>;
}
