import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import { sessionOf } from "./session.ts";

const mib = 1024 * 1024;

export interface BodyBudgetSizes {
  /** Bytes of bodies that the process reads or works on. Decoding takes some more of each, of one at a time. */
  readonly processBytes: number;
  /** Of these for one account: three full batches, one for each of its devices. */
  readonly accountBytes: number;
  /** Bodies up to here are what live typing sends: they cost little and never wait for large ones. */
  readonly freeBytes: number;
}

/** A server of 1 GiB beside its PostgreSQL stays far from its limit, and two accounts cannot take all of it. */
export const bodyBudgetSizes: BodyBudgetSizes = {
  processBytes: 128 * mib,
  accountBytes: 48 * mib,
  freeBytes: 256 * 1024,
};

/** What large bodies may hold of the memory. */
export class BodyBudget {
  readonly #sizes: BodyBudgetSizes;
  readonly #takenByUser = new Map<string, number>();
  #taken = 0;

  constructor(sizes: BodyBudgetSizes = bodyBudgetSizes) {
    this.#sizes = sizes;
  }

  /** OVERLOADED when there is not so much left; else how to give it back. */
  take(userId: string, bytes: number): () => void {
    if (bytes <= this.#sizes.freeBytes) return () => {};
    const ofUser = this.#takenByUser.get(userId) ?? 0;
    if (ofUser + bytes > this.#sizes.accountBytes || this.#taken + bytes > this.#sizes.processBytes) {
      throw new ApiError("OVERLOADED", { retryAfterSeconds: 2 });
    }
    this.#add(userId, bytes);
    let isTaken = true;
    return () => {
      if (isTaken) this.#add(userId, -bytes);
      isTaken = false;
    };
  }

  #add(userId: string, bytes: number): void {
    this.#taken += bytes;
    const ofUser = (this.#takenByUser.get(userId) ?? 0) + bytes;
    if (ofUser === 0) this.#takenByUser.delete(userId);
    else this.#takenByUser.set(userId, ofUser);
  }
}

declare module "fastify" {
  interface FastifyRequest {
    /** Gives back what the request's body took of the budget. */
    releaseBody: (() => void) | null;
  }
}

/**
 * On a scope whose requests are authenticated: what a body may take is taken before it is read, and given back with
 * the reply. A caller who hangs up gives it back at once only while his body is being read: afterwards the handler still
 * holds it.
 */
export function installBodyBudget(app: FastifyInstance, budget = new BodyBudget()): void {
  app.decorateRequest("releaseBody", null);
  app.addHook("onRequest", async (request, reply) => {
    const bytes = announcedBytes(request);
    if (bytes > request.routeOptions.bodyLimit) return; // BODY_TOO_LARGE, unread
    const release = budget.take(sessionOf(request).userId, bytes);
    request.releaseBody = release;
    reply.raw.once("close", () => {
      if (request.body === undefined) release();
    });
  });
  app.addHook("onSend", async (request) => request.releaseBody?.());
}

/** A body in chunks may become as large as the route takes. */
function announcedBytes({ headers, method, routeOptions }: FastifyRequest): number {
  if (method === "GET") return 0;
  if (headers["transfer-encoding"] !== undefined) return routeOptions.bodyLimit;
  return Number(headers["content-length"] ?? 0);
}
