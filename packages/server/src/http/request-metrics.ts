import type { FastifyInstance } from "fastify";
import { ApiError } from "../errors.ts";
import type { Metrics } from "../metrics.ts";

/** Measures every reply by its route template; what matched no route is one label, so that a scan makes no series. */
export function installRequestMetrics(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onResponse", async (request, reply) => {
    if (request.routeOptions.config.isStream === true && reply.statusCode === 200) return;
    const route = request.is404 ? "none" : (request.routeOptions.url ?? "none");
    const method = request.is404 ? "any" : request.method;
    metrics.requests.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.addHook("onError", async (_request, _reply, error) => {
    if (error instanceof ApiError && error.status === 410) metrics.gone.inc({ code: error.code });
  });
}
