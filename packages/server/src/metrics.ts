import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** What a server process counts about itself. No label ever tells a user, a device or a record. */
export interface Metrics {
  readonly registry: Registry;
  /** Latency and, by its count, the number of requests; `route` is the template, never the path. */
  readonly requests: Histogram<"method" | "route" | "status">;
  /** Changes of committed batches: applied, unchanged or conflict. */
  readonly changes: Counter<"data_type" | "status">;
  readonly conflicts: Counter<"data_type" | "reason">;
  readonly rowsSent: Counter<"data_type">;
  /** Replies 410 by their code: clients that must download anew. */
  readonly gone: Counter<"code">;
  readonly streams: Gauge;
  /** Streams the server cut: slow, revoked, expired. */
  readonly streamsCut: Counter<"reason">;
  readonly auditDropped: Counter;
  readonly cleanupRuns: Counter<"outcome">;
  readonly cleanupRows: Counter<"kind">;
  readonly cleanupLastRun: Gauge;
}

export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/** One set for each application: tests build many in one process. */
export function createMetrics(pool: PoolCounts): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "owlivion_pool_connections",
    help: "Connections of the pool, and requests that wait for one",
    labelNames: ["state"],
    registers,
    collect() {
      this.set({ state: "total" }, pool.totalCount);
      this.set({ state: "idle" }, pool.idleCount);
      this.set({ state: "waiting" }, pool.waitingCount);
    },
  });
  const counter = <T extends string>(name: string, help: string, labelNames: T[] = []) =>
    new Counter({ name: `owlivion_${name}`, help, labelNames, registers });
  return {
    registry,
    requests: new Histogram({
      name: "owlivion_http_request_duration_seconds",
      help: "Requests by route template and status",
      labelNames: ["method", "route", "status"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    changes: counter("changes_total", "Changes of committed batches", ["data_type", "status"]),
    conflicts: counter("conflicts_total", "Changes answered with a conflict", ["data_type", "reason"]),
    rowsSent: counter("rows_sent_total", "Rows sent in pages", ["data_type"]),
    gone: counter("gone_total", "Replies 410 by code", ["code"]),
    streams: new Gauge({ name: "owlivion_event_streams", help: "Event streams that are open", registers }),
    streamsCut: counter("event_streams_cut_total", "Event streams the server ended", ["reason"]),
    auditDropped: counter("audit_dropped_total", "Audit rows of downloads that could not be kept"),
    cleanupRuns: counter("cleanup_runs_total", "Runs of the retention by outcome", ["outcome"]),
    cleanupRows: counter("cleanup_rows_total", "Rows the retention removed", ["kind"]),
    cleanupLastRun: new Gauge({
      name: "owlivion_cleanup_last_run_timestamp_seconds",
      help: "When this process last ended a run of the retention",
      registers,
    }),
  };
}
