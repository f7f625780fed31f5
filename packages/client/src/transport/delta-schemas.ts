import { type ConflictReason, limits } from "@owlivion/sync-protocol";
import * as v from "valibot";
import * as f from "./field-schemas.ts";
import type { EpochChange, HistoryPage, RemoteRow, StoredProof } from "./replies.ts";

/** Replies of delta sync. What spans several fields is checked in `check-page.ts` and `check-push.ts`. */

const rows = <T extends v.GenericSchema>(schema: T) => v.pipe(v.array(schema), v.maxLength(limits.maxPageRows));

const put = v.pipe(
  v.object({
    record_id: f.recordId,
    version: f.positive,
    changed_at: f.instant,
    device_id: f.uuid,
    encrypted_record: f.envelope,
  }),
  v.transform((row): RemoteRow => ({
    kind: "put",
    recordId: row.record_id,
    version: row.version,
    changedAt: row.changed_at,
    deviceId: row.device_id,
    envelope: row.encrypted_record,
  })),
);

const tombstone = v.pipe(
  v.object({
    record_id: f.recordId,
    version: f.positive,
    deleted_at: f.instant,
    deleted_by_device_id: f.uuid,
    encrypted_record: v.optional(f.tombstoneEnvelope),
  }),
  v.transform((row): RemoteRow => ({
    kind: "tombstone",
    recordId: row.record_id,
    version: row.version,
    changedAt: row.deleted_at,
    deviceId: row.deleted_by_device_id,
    envelope: row.encrypted_record ?? null,
  })),
);

const proof = v.object({
  epoch: f.uuid,
  version: f.count,
  proof: f.bytes(limits.proofBytes, limits.proofBytes),
}) satisfies v.GenericSchema<unknown, StoredProof>;

export const page = v.object({
  data_type: f.dataTypeName,
  changes: rows(put),
  deleted: rows(tombstone),
  pagination: v.object({ has_more: v.boolean() }),
  next_cursor: f.cursor,
  epoch: f.uuid,
  head: f.count,
  horizon: f.count,
  proof: v.optional(proof),
  as_of: v.optional(f.count),
});
export type WirePage = v.InferOutput<typeof page>;

const reasons = ["STALE", "OLDER", "EXISTS", "TOO_OLD"] as const satisfies ConflictReason[];
const changesOf = <T extends v.GenericSchema>(schema: T) =>
  v.pipe(v.array(schema), v.maxLength(limits.maxBatchChanges));

export const pushReply = v.object({
  data_type: f.dataTypeName,
  version: f.count,
  epoch: f.uuid,
  results: changesOf(
    v.object({
      record_id: f.recordId,
      status: v.picklist(["applied", "unchanged", "conflict"]),
      version: v.optional(f.positive),
      changed_at: v.optional(f.instant),
    }),
  ),
  synced_at: f.instant,
  clock_skew_ms: v.optional(v.pipe(v.number(), v.safeInteger())),
  conflicts: v.optional(
    changesOf(
      v.object({
        index: f.count,
        record_id: f.recordId,
        reason: v.picklist(reasons),
        current: v.nullable(v.union([put, tombstone])),
        truncated: v.optional(v.boolean()),
      }),
    ),
  ),
  delta: v.optional(v.object({ changes: rows(put), deleted: rows(tombstone), has_more: v.boolean() })),
  next_cursor: v.optional(f.cursor),
});
export type WirePush = v.InferOutput<typeof pushReply>;

export const history = v.pipe(
  v.object({
    record_id: f.recordId,
    history: rows(
      v.object({
        version: f.positive,
        change_type: v.picklist(["insert", "update", "delete"]),
        changed_at: f.instant,
        device_id: f.uuid,
        encrypted_record: v.optional(f.envelope),
      }),
    ),
    history_horizon: f.count,
    pagination: v.object({ next_before: v.nullable(f.count) }),
  }),
  v.transform(({ record_id, history, history_horizon, pagination }): HistoryPage & { readonly recordId: string } => ({
    recordId: record_id,
    entries: history.map((entry) => ({
      version: entry.version,
      kind: entry.change_type === "delete" ? "tombstone" : "put",
      changedAt: entry.changed_at,
      deviceId: entry.device_id,
      envelope: entry.encrypted_record ?? null,
    })),
    historyHorizon: history_horizon,
    nextBefore: pagination.next_before,
  })),
);

export const changeEvent = v.object({ data_type: f.dataTypeName, version: f.count, device_id: f.uuid });

/** A server keeps every epoch it ever had. */
const maxEpochs = 10_000;
export const epochChange = v.object({
  epoch: f.uuid,
  epochs: v.pipe(v.array(v.object({ epoch: f.uuid, version: v.nullable(f.count) })), v.maxLength(maxEpochs)),
}) satisfies v.GenericSchema<unknown, EpochChange>;
