import { expect, test } from "vitest";
import { latencyQuantiles } from "./latency-quantiles.ts";

test("quantiles by nearest rank; none without requests", () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(latencyQuantiles(hundred)).toEqual({ p50_ms: 50, p95_ms: 95, p99_ms: 99 });
  expect(latencyQuantiles([7.123])).toEqual({ p50_ms: 7.1, p95_ms: 7.1, p99_ms: 7.1 });
  expect(latencyQuantiles([])).toEqual({ p50_ms: null, p95_ms: null, p99_ms: null });
});
