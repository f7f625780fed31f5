import type { AdminTrafficSample } from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { Counter, Gauge } from "prom-client";
import type { Metrics, PoolCounts } from "../metrics.ts";
import { latencyQuantiles } from "./latency-quantiles.ts";

export const sampleSeconds = 15;
const samplesKept = 240;
/** Enough for the quantiles of one interval; a busier one counts on without keeping more. */
const latenciesKept = 5000;

const secretRoutes = /\/auth\/(?:login|recover|recover\/start|password)$/;

/** The last hour of this process, so that the operator's page has something to show when it is opened. */
export class TrafficSampler {
  readonly startedAt = new Date();
  readonly #metrics: Metrics;
  readonly #pool: PoolCounts;
  readonly #samples: AdminTrafficSample[] = [];
  #current = emptyInterval();
  #counted = { changes: 0, conflicts: 0 };

  constructor(metrics: Metrics, pool: PoolCounts) {
    this.#metrics = metrics;
    this.#pool = pool;
  }

  /** Listens to every reply, and takes a sample four times a minute while the server listens. */
  install(app: FastifyInstance): void {
    app.addHook("onResponse", async (request, reply) => {
      if (request.routeOptions.config.isStream === true && reply.statusCode === 200) return;
      this.observe(request.routeOptions.url ?? "", reply.statusCode, reply.elapsedTime);
    });
    let timer: NodeJS.Timeout | undefined;
    app.addHook("onListen", async () => {
      timer = setInterval(() => void this.sample(), sampleSeconds * 1000).unref();
    });
    app.addHook("onClose", async () => clearInterval(timer));
  }

  observe(route: string, status: number, ms: number): void {
    const current = this.#current;
    current.requests += 1;
    if (status >= 500) current.serverErrors += 1;
    else if (status >= 400) current.clientErrors += 1;
    if ((status === 401 || status === 429) && secretRoutes.test(route)) current.failedSignIns += 1;
    if (current.latencies.length < latenciesKept) current.latencies.push(ms);
  }

  async sample(): Promise<void> {
    const interval = this.#current;
    this.#current = emptyInterval();
    const changes = await totalOf(this.#metrics.changes, "applied");
    const conflicts = await totalOf(this.#metrics.conflicts);
    const quantiles = latencyQuantiles(interval.latencies);
    this.#samples.push({
      at: new Date().toISOString(),
      requests: interval.requests,
      client_errors: interval.clientErrors,
      server_errors: interval.serverErrors,
      failed_sign_ins: interval.failedSignIns,
      ...quantiles,
      changes: changes - this.#counted.changes,
      conflicts: conflicts - this.#counted.conflicts,
      event_streams: await totalOf(this.#metrics.streams),
      pool_total: this.#pool.totalCount,
      pool_idle: this.#pool.idleCount,
      pool_waiting: this.#pool.waitingCount,
    });
    this.#counted = { changes, conflicts };
    if (this.#samples.length > samplesKept) this.#samples.shift();
  }

  get samples(): readonly AdminTrafficSample[] {
    return this.#samples;
  }
}

const emptyInterval = () => ({
  requests: 0,
  clientErrors: 0,
  serverErrors: 0,
  failedSignIns: 0,
  latencies: [] as number[],
});

async function totalOf(metric: Counter | Gauge, status?: string): Promise<number> {
  const { values } = await metric.get();
  const counted = status === undefined ? values : values.filter(({ labels }) => labels["status"] === status);
  return counted.reduce((sum, { value }) => sum + value, 0);
}
