import type { FastifyInstance } from "fastify";
import { addressKey } from "./address-key.ts";

/**
 * One line a request, when its reply is sent or its connection gone: by its route, as the address has record ids in it, and
 * by the network it came from.
 */
export function installRequestLog(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    const line = {
      method: request.method,
      route: request.is404 ? "none" : (request.routeOptions.url ?? "none"),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      from: toNetwork(addressKey(request.ip, request.raw.socket.remoteAddress ?? "")),
      ...(reply.raw.writableFinished ? {} : { cut: true }),
    };
    request.log.info(line, "request completed");
  });
}

/** The /24 of an IPv4 address, the /48 of an IPv6 one: enough to see where load comes from, and nobody's own. */
export function toNetwork(key: string): string {
  if (!key.includes(":")) return key.replace(/\.\d+$/, ".0/24");
  return `${key.split(":").slice(0, 3).join(":")}::/48`;
}
