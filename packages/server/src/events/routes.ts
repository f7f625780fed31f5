import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { AppContext } from "../app-context.ts";
import { errors, sessionErrors } from "../http/documented-errors.ts";
import { sessionOf } from "../http/session.ts";
import { beat, heartbeatMs } from "./heartbeat.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The answer goes on for minutes: its duration is no latency. */
    isStream?: boolean;
  }
}

const schema = {
  tags: ["events"],
  summary: "Server-sent events: which collection has a newer head",
  description:
    "Event `change` with data `{data_type, version, device_id}`: a hint, never the data, and it may be lost. The " +
    "device's own changes are told too. A comment every 25 seconds. The stream ends when the device is revoked, " +
    "the access token expires or the server stops; connect again then, and pull.",
  security: [{ bearer: [] }],
  response: {
    200: {
      description: "The stream",
      content: { "text/event-stream": { schema: Type.String({ description: "event: change, data: ChangeEvent" }) } },
    },
    ...errors(...sessionErrors, "TOO_MANY_STREAMS"),
  },
};

/** On a scope whose requests are authenticated by header. */
export function registerEventRoutes(app: FastifyInstance, context: AppContext): void {
  const { pool, streams, announcer, log } = context;

  const options = { schema, config: { isStream: true, rateLimit: "sync_other" } } as const;
  app.get("/api/v1/sync/events", options, (request, reply) => {
    const session = sessionOf(request);
    streams.assertRoom(session);
    reply.hijack();
    request.raw.socket.setTimeout(0);
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    announcer.start();
    reply.raw.on("error", () => {});
    reply.raw.on("close", streams.open(session, reply.raw));
  });

  const timer = setInterval(() => void beat(pool, streams, announcer, log), heartbeatMs).unref();
  app.addHook("preClose", async () => {
    clearInterval(timer);
    streams.endAll();
  });
}
