import type { Pool, PoolClient } from "pg";
import type { Config } from "../config/config.ts";
import type { CleanupKind, CleanupReport } from "./cleanup-report.ts";
import { readNow, readRunState, writeRunState } from "./cleanup-state.ts";
import { judgeRun, type RunVerdict } from "./judge-run.ts";
import { purgeStatements } from "./purge-statements.ts";
import { batchSweep, historySweep, sweepCollections, tombstoneSweep } from "./sweep-collections.ts";

export interface CleanupOptions {
  readonly settings: Pick<Config, "historyDays" | "tombstoneDays" | "batchDays" | "auditDays">;
  /** An operator says that the clock is right, although it jumped. */
  readonly acceptClock?: boolean;
  /** Milliseconds since 1970; for tests. Otherwise PostgreSQL's clock. */
  readonly now?: number;
  /** By which the run is timed, in milliseconds. */
  readonly stopwatch?: () => number;
  readonly signal?: AbortSignal;
  /** Versions, tombstones or rows in one statement. */
  readonly stepSize?: number;
}

/** Advisory lock of the cleanup: one process at a time. */
const cleanupLock = 7002;
const dayMs = 86_400_000;

/**
 * Removes what is past its time, in steps that commit by themselves, on one connection that holds the lock. History
 * before tombstones: a deletion is forgotten last.
 */
export async function runCleanup(pool: Pool, options: CleanupOptions): Promise<CleanupReport> {
  const client = await pool.connect();
  let lost: Error | undefined;
  const onLost = (error: Error) => (lost ??= error);
  client.on("error", onLost);
  try {
    const report = await runLocked(client, options);
    return report;
  } catch (error) {
    lost ??= error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    client.off("error", onLost);
    client.release(lost); // A connection that may still hold the lock is closed, and the lock ends with it.
  }
}

async function runLocked(client: PoolClient, options: CleanupOptions): Promise<CleanupReport> {
  const now = options.now ?? (await readNow(client));
  const stopwatch = options.stopwatch ?? (() => performance.now());
  const startedAt = stopwatch();
  const reportOf = (part: Pick<CleanupReport, "outcome"> & Partial<CleanupReport>): CleanupReport => ({
    message: null,
    rows: {},
    skipped_collections: 0,
    ...part,
    started_at: new Date(now).toISOString(),
    duration_ms: Math.round(stopwatch() - startedAt),
  });
  const locked = await client.query<{ ok: boolean }>("select pg_try_advisory_lock($1) as ok", [cleanupLock]);
  if (locked.rows[0]?.ok !== true) return reportOf({ outcome: "busy", message: "Another process is cleaning up." });
  const verdict = judgeRun(await readRunState(client), now, options.acceptClock ?? false);
  let report: CleanupReport;
  if (verdict.outcome === "run") {
    await writeRunState(client, now, null, reportOf({ outcome: "stopped", message: "The run did not end." }));
    report = reportOf(await removeAll(client, now, options));
  } else {
    report = reportOf({ outcome: verdict.outcome, message: explain(verdict) });
  }
  await writeRunState(client, now, verdict.suspectSince, report);
  await client.query("select pg_advisory_unlock($1)", [cleanupLock]);
  return report;
}

async function removeAll(
  client: PoolClient,
  now: number,
  options: CleanupOptions,
): Promise<Pick<CleanupReport, "outcome" | "message" | "rows" | "skipped_collections">> {
  const { settings, signal } = options;
  const stepSize = options.stepSize ?? 1000;
  const daysAgo = (days: number) => new Date(now - days * dayMs);
  await client.query("set enable_seqscan = off"); // what goes is found by its indexes
  const history = await sweepCollections(client, historySweep, daysAgo(settings.historyDays), stepSize, signal);
  const tombstones = await sweepCollections(client, tombstoneSweep, new Date(now), stepSize, signal);
  // The batches are the way from a time to a version: they must outlive what is looked up by time.
  const batchDays = Math.max(settings.batchDays, settings.historyDays + 1, settings.tombstoneDays + 1);
  const batches = await sweepCollections(client, batchSweep, daysAgo(batchDays), stepSize, signal);
  const rows: Partial<Record<CleanupKind, number>> = {
    history: history.purged,
    tombstones: tombstones.purged,
    batches: batches.purged,
  };
  const cutoffs = {
    audit: daysAgo(settings.auditDays),
    refresh_tokens: new Date(now),
    account_keys: daysAgo(30),
    secret_failures: daysAgo(1),
    invitations: daysAgo(30),
  };
  for (const kind of Object.keys(cutoffs) as (keyof typeof cutoffs)[]) {
    let purged = 0;
    for (let removed = stepSize; removed === stepSize && signal?.aborted !== true; purged += removed) {
      removed = (await client.query(purgeStatements[kind], [cutoffs[kind], stepSize])).rowCount ?? 0;
    }
    rows[kind] = purged;
  }
  await client.query("reset enable_seqscan");
  const skipped = history.skipped + tombstones.skipped + batches.skipped;
  return {
    outcome: signal?.aborted === true ? "stopped" : skipped > 0 ? "incomplete" : "done",
    message: skipped > 0 ? explainSkipped(skipped) : null,
    rows,
    skipped_collections: skipped,
  };
}

function explainSkipped(skipped: number): string {
  return (
    `${skipped} ${skipped === 1 ? "collection was" : "collections were"} skipped: locked, or at work, for longer than ` +
    "DATABASE_LOCK_TIMEOUT_MS or DATABASE_STATEMENT_TIMEOUT_MS. The next run comes back to what is left."
  );
}

function explain(verdict: Exclude<RunVerdict, { outcome: "run" }>): string {
  const until = new Date(verdict.until).toISOString();
  return verdict.outcome === "paused"
    ? `A new epoch began lately: devices may still bring back what the server lost. Nothing is removed until ${until}.`
    : `The clock jumped by more than 48 hours since the last run, or the server stood still. Nothing is removed until ` +
        `${until}, if it goes on steadily. When the clock is right, run: owlivion-sync cleanup --accept-clock`;
}
