import type { FastifyInstance } from "fastify";
import { Cron } from "croner";
import { createPool } from "../db/pool.ts";
import type { AppContext } from "../app-context.ts";
import { cleanupKinds } from "./cleanup-report.ts";
import { runCleanup } from "./run-cleanup.ts";

/** Runs the cleanup on its schedule while the server listens. A run that fails is logged; the next one comes anyway. */
export function scheduleCleanup(app: FastifyInstance, context: AppContext): void {
  const { config, connection, log } = context;
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  const job = new Cron(config.cleanupSchedule, { paused: true, protect: true, unref: true }, () => {
    running = cleanUp(context, stop.signal);
    return running;
  });
  app.addHook("onListen", async () => {
    job.resume();
    log.debug({ next: job.nextRun() }, "cleanup is scheduled");
  });
  app.addHook("preClose", async () => {
    job.stop();
    stop.abort();
    await running;
  });

  async function cleanUp({ metrics }: AppContext, signal: AbortSignal): Promise<void> {
    // Its lock and its settings are a session's, which a pooler between the requests and PostgreSQL may not keep.
    const pool = createPool({ ...config, databasePoolSize: 1 }, connection, log);
    try {
      const report = await runCleanup(pool, { settings: config, signal });
      metrics.cleanupRuns.inc({ outcome: report.outcome });
      metrics.cleanupLastRun.setToCurrentTime();
      for (const kind of cleanupKinds) metrics.cleanupRows.inc({ kind }, report.rows[kind] ?? 0);
      const isQuiet = report.outcome === "done" || report.outcome === "busy";
      log[isQuiet ? "info" : "warn"](report, report.message ?? "cleanup ran");
    } catch (error) {
      metrics.cleanupRuns.inc({ outcome: "failed" });
      log.error({ err: error }, "cleanup failed");
    } finally {
      await pool.end();
    }
  }
}
