import type { IncomingMessage } from "node:http";
import { limits } from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import { ApiError } from "../errors.ts";

/** A phone on a bad line brings many times that; who brings less holds memory and connections that others need. */
const windowMs = 10_000;
const leastBytes = limits.maxAnonymousBodyBytes;

/**
 * REQUEST_TIMEOUT for a body that brings neither 16 KiB nor its end within 10 seconds. So the body of a caller without an
 * account arrives in 10 seconds or not at all, one that stalls is cut after 10 to 20 seconds, and a slow but steady
 * upload passes. How long a whole request may take is Fastify's `requestTimeout`.
 */
export function installBodyTimeout(app: FastifyInstance, everyMs = windowMs): void {
  app.addHook("preParsing", async (request, reply) => {
    const { raw } = request;
    if (raw.complete || !readsBody(raw)) return;
    const { socket } = raw;
    let seenBytes = socket.bytesRead;
    const timer = setInterval(() => {
      const newBytes = socket.bytesRead - seenBytes;
      seenBytes = socket.bytesRead;
      if (newBytes >= leastBytes) return;
      stop();
      if (raw.listenerCount("error") === 0) return void raw.destroy();
      reply.header("connection", "close");
      // What reads the body gives up, and the error takes the way of all others.
      raw.emit("error", new ApiError("REQUEST_TIMEOUT"));
    }, everyMs).unref();
    const stop = () => clearInterval(timer);
    raw.once("end", stop).once("close", stop);
  });
}

/** Of other methods Fastify reads none. */
export function readsBody({ method, headers }: IncomingMessage): boolean {
  if (method === "GET" || method === "HEAD") return false;
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}
