import Type, { type Static } from "typebox";
import { Instant, Nullable, Strict, Success } from "../fields.ts";

const Count = Type.Integer({ minimum: 0 });
const Latency = Nullable(Type.Number({ minimum: 0, description: "Milliseconds; null without requests" }));

/** What one server process did in one interval. */
export const AdminTrafficSample = Strict({
  at: Instant,
  requests: Count,
  client_errors: Type.Integer({ minimum: 0, description: "Replies 4xx" }),
  server_errors: Type.Integer({ minimum: 0, description: "Replies 5xx" }),
  failed_sign_ins: Type.Integer({ minimum: 0, description: "Refused logins, recoveries and confirmations" }),
  p50_ms: Latency,
  p95_ms: Latency,
  p99_ms: Latency,
  changes: Type.Integer({ minimum: 0, description: "Changes applied" }),
  conflicts: Count,
  event_streams: Count,
  pool_total: Count,
  pool_idle: Count,
  pool_waiting: Count,
});
export type AdminTrafficSample = Static<typeof AdminTrafficSample>;

/** `GET /admin/traffic`: the last hour of the process that answers, oldest first. */
export const AdminTraffic = Strict({
  interval_seconds: Type.Integer({ minimum: 1 }),
  process_started_at: Instant,
  samples: Type.Array(AdminTrafficSample),
  wrong_secrets: Strict(
    {
      subjects: Type.Integer({ minimum: 0, description: "Logins, recoveries and sessions with wrong secrets counted" }),
      failures: Count,
      locked: Type.Integer({ minimum: 0, description: "Of them waiting out a delay" }),
    },
    { description: "Of all processes, within the window that guesses are counted in" },
  ),
});
export type AdminTraffic = Static<typeof AdminTraffic>;
export const AdminTrafficReply = Success(AdminTraffic);
