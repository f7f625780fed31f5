import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { AppContext } from "../app-context.ts";
import { errors } from "../http/documented-errors.ts";
import { createRequireAdmin } from "../http/require-admin.ts";

const schema = {
  tags: ["admin"],
  summary: "Metrics for Prometheus",
  security: [{ admin: [] }],
  response: {
    200: { description: "The text format", content: { "text/plain": { schema: Type.String() } } },
    ...errors("ADMIN_TOKEN_REQUIRED", "RATE_LIMITED"),
  },
};

export function registerMetricsRoute(app: FastifyInstance, context: AppContext): void {
  const { registry } = context.metrics;
  app.get("/metrics", { schema, onRequest: createRequireAdmin(context) }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
