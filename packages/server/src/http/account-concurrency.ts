import type { FastifyInstance } from "fastify";
import { BoundedQueue } from "../bounded-queue.ts";
import { ApiError } from "../errors.ts";
import { sessionOf } from "./session.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Gives back the request's place among its account's. */
    leaveStore: (() => void) | null;
  }
}

/** Requests of an account that wait for each of its places: with the usual pool, as many as its rate limits let come at once. */
const waitingForEach = 16;

/**
 * On a scope whose requests are authenticated: how many requests of one account work with the database at a time. Uploads
 * to one collection wait for each other there, each with a connection of the pool in its hand; with half of the pool
 * for one account, the others' requests go on. Those that are one too many wait in order, without a connection; beyond
 * the bound they are OVERLOADED. A place is taken when the body is read, since reading takes no connection, and given back
 * with the reply, also when the caller has hung up before.
 */
export function installAccountConcurrency(app: FastifyInstance, poolSize: number): void {
  const places = Math.max(1, Math.floor(poolSize / 2));
  const queues = new Map<string, BoundedQueue>();
  app.decorateRequest("leaveStore", null);
  app.addHook("preHandler", async (request, reply) => {
    if (request.routeOptions.config.isStream === true) return;
    const { userId } = sessionOf(request);
    const queue = queues.get(userId) ?? new BoundedQueue(places, places * waitingForEach);
    queues.set(userId, queue);
    const leave = await queue.enter();
    request.leaveStore = () => {
      leave();
      if (queue.isIdle) queues.delete(userId);
    };
    // Nobody waits for this answer any longer.
    if (reply.raw.destroyed) throw new ApiError("REQUEST_TIMEOUT");
  });
  app.addHook("onSend", async (request) => request.leaveStore?.());
}
