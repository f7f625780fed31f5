import Type, { type Static } from "typebox";
import { Instant, Nullable, Strict, Success } from "../fields.ts";

export const CleanupReportMessage = Strict({
  outcome: Type.Enum(["done", "incomplete", "stopped", "busy", "suspended", "paused"]),
  message: Nullable(Type.String({ description: "Why nothing, or not everything, was removed, and what to do" })),
  started_at: Instant,
  duration_ms: Type.Integer(),
  rows: Type.Record(Type.String(), Type.Integer(), { description: "Rows removed, by kind" }),
  skipped_collections: Type.Integer(),
});

/** `GET /admin/cleanup`: the last run of the retention and what it found. */
export const AdminCleanup = Strict({
  schedule: Type.String({ description: "A cron expression" }),
  last_run_at: Nullable(Instant),
  suspect_since: Nullable(Instant),
  report: Nullable(CleanupReportMessage),
});
export type AdminCleanup = Static<typeof AdminCleanup>;
export const AdminCleanupReply = Success(AdminCleanup);
