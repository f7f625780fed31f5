import type { FastifyInstance } from "fastify";
import { DownloadAudit } from "./audit/download-audit.ts";
import type { ServerContext } from "./context.ts";
import { Announcer } from "./events/announcer.ts";
import { EventStreams } from "./events/event-streams.ts";
import { RateLimits } from "./http/rate-limits.ts";
import { createMetrics, type Metrics } from "./metrics.ts";

/** What the application makes for its features, beside what it was given. It lives as long as the application. */
export interface AppContext extends ServerContext {
  readonly metrics: Metrics;
  readonly audit: DownloadAudit;
  readonly streams: EventStreams;
  readonly announcer: Announcer;
  readonly rateLimits: RateLimits;
}

/** Ends its parts when the application closes, after the last request and before the caller ends the pool. */
export function createAppContext(app: FastifyInstance, context: ServerContext): AppContext {
  const metrics = createMetrics(context.pool);
  const audit = new DownloadAudit(context.pool, context.log, metrics.auditDropped);
  const streams = new EventStreams(metrics);
  const announcer = new Announcer(context.connection, streams, context.log);
  const rateLimits = new RateLimits(context.config, context.log);
  rateLimits.install(app);
  app.addHook("onListen", async () => announcer.start());
  app.addHook("onClose", async () => {
    await announcer.close();
    await audit.close();
  });
  return { ...context, metrics, audit, streams, announcer, rateLimits };
}
