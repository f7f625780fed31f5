import { expect, test } from "vitest";
import { createMetrics } from "../metrics.ts";
import { TrafficSampler } from "./traffic-sampler.ts";

const pool = { totalCount: 4, idleCount: 3, waitingCount: 0 };

test("each sample is what happened since the one before", async () => {
  const metrics = createMetrics(pool);
  const traffic = new TrafficSampler(metrics, pool);
  traffic.observe("/api/v1/sync/status", 200, 4);
  traffic.observe("/api/v1/auth/login", 401, 20);
  traffic.observe("/api/v1/sync/:data_type/delta", 503, 6);
  metrics.changes.inc({ data_type: "contacts", status: "applied" }, 7);
  metrics.changes.inc({ data_type: "contacts", status: "unchanged" }, 5);
  metrics.conflicts.inc({ data_type: "contacts", reason: "STALE" });
  await traffic.sample();
  metrics.changes.inc({ data_type: "contacts", status: "applied" }, 2);
  await traffic.sample();
  expect(traffic.samples).toMatchObject([
    {
      requests: 3,
      client_errors: 1,
      server_errors: 1,
      failed_sign_ins: 1,
      p50_ms: 6,
      p99_ms: 20,
      changes: 7,
      conflicts: 1,
      pool_idle: 3,
    },
    { requests: 0, failed_sign_ins: 0, p50_ms: null, changes: 2, conflicts: 0 },
  ]);
});

test("it keeps an hour", async () => {
  const traffic = new TrafficSampler(createMetrics(pool), pool);
  for (let i = 0; i < 250; i++) await traffic.sample();
  expect(traffic.samples).toHaveLength(240);
});
