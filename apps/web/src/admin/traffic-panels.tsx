import type { AdminTraffic, AdminTrafficSample } from "@owlivion/sync-protocol";
import { useMemo } from "react";
import { Chart } from "../charts/chart.tsx";
import { count, Figures, moment, Panel } from "./panel.tsx";
import { useAdmin } from "./use-admin.ts";

const everyMs = 15_000;
const sum = (samples: readonly AdminTrafficSample[], of: (sample: AdminTrafficSample) => number): number =>
  samples.reduce((total, sample) => total + of(sample), 0);
const share = (part: number, whole: number): string => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`);
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** The last hour of the process that answers. */
export function TrafficPanels() {
  const { value, error } = useAdmin<AdminTraffic>("traffic", everyMs);
  const samples = useMemo(() => value?.samples ?? [], [value]);
  const times = useMemo(() => samples.map(({ at }) => Date.parse(at) / 1000), [samples]);
  const requests = useMemo(
    () => [
      { label: "Requests", color: "--owl-accent", values: samples.map((sample) => sample.requests) },
      { label: "Refused (4xx)", color: "--owl-warning", values: samples.map((sample) => sample.client_errors) },
      { label: "Failed (5xx)", color: "--owl-danger", values: samples.map((sample) => sample.server_errors) },
    ],
    [samples],
  );
  const latencies = useMemo(
    () => [
      { label: "Median", color: "--owl-accent", values: samples.map((sample) => sample.p50_ms) },
      { label: "95 %", color: "--owl-warning", values: samples.map((sample) => sample.p95_ms) },
      { label: "99 %", color: "--owl-danger", values: samples.map((sample) => sample.p99_ms) },
    ],
    [samples],
  );
  if (value === null) return error === null ? null : <Panel title="Requests" error={error} children={null} />;
  const last = samples.at(-1);
  const total = sum(samples, (sample) => sample.requests);
  const failed = sum(samples, (sample) => sample.server_errors);
  const changes = sum(samples, (sample) => sample.changes);
  const conflicts = sum(samples, (sample) => sample.conflicts);
  return (
    <div className="admin__pair">
      <Panel title="Requests in the last hour" error={error}>
        <Figures
          figures={[
            ["Requests", count(total)],
            ["Failed (5xx)", `${count(failed)}, ${share(failed, total)}`],
            ["Changes", count(changes)],
            ["Conflicts", `${count(conflicts)}, ${share(conflicts, changes + conflicts)}`],
          ]}
        />
        {samples.length === 0 ? (
          <p className="owl-muted">The first sample comes within {value.interval_seconds} seconds.</p>
        ) : (
          <Chart
            summary={`${count(total)} requests in the last hour, ${count(failed)} of them failed`}
            times={times}
            series={requests}
            format={count}
          />
        )}
      </Panel>
      <Panel title="Latency and load">
        <Figures
          figures={[
            ["Event streams", count(last?.event_streams ?? 0)],
            [
              "Pool in use",
              `${count((last?.pool_total ?? 0) - (last?.pool_idle ?? 0))} of ${count(last?.pool_total ?? 0)}`,
            ],
            ["Waiting for the pool", count(last?.pool_waiting ?? 0)],
            ["Running since", moment(value.process_started_at)],
          ]}
        />
        {samples.length === 0 ? null : (
          <Chart
            summary={`Latency of requests: median ${last?.p50_ms ?? "–"} ms, 99 of 100 within ${last?.p99_ms ?? "–"} ms`}
            times={times}
            series={latencies}
            format={ms}
          />
        )}
      </Panel>
      <Panel title="Sign-ins that failed">
        <Figures
          figures={[
            ["In the last hour", count(sum(samples, (sample) => sample.failed_sign_ins))],
            ["Wrong secrets counted", count(value.wrong_secrets.failures)],
            ["By accounts or addresses", count(value.wrong_secrets.subjects)],
            ["Waiting out a delay", count(value.wrong_secrets.locked)],
          ]}
        />
      </Panel>
    </div>
  );
}
