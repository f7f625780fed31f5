import Type, { type Static } from "typebox";
import { Cursor, DataType, Epoch, Instant, Nullable, RecordId, Strict, Success, Uuid, Version } from "../fields.ts";
import { limits } from "../limits.ts";
import { StoredChange, Tombstone, UploadedChange } from "./change.ts";

/** `POST /sync/:data_type/delta` */
export const UploadDeltaRequest = Strict({
  changes: Type.Array(UploadedChange, { minItems: 1, maxItems: limits.maxBatchChanges }),
  device_id: Uuid,
  client_timestamp: Type.Optional(Instant),
  epoch: Type.Optional(Epoch),
  cursor: Type.Optional(Cursor),
});
export type UploadDeltaRequest = Static<typeof UploadDeltaRequest>;

export const conflictReasons = ["STALE", "OLDER", "EXISTS", "TOO_OLD"] as const;
export type ConflictReason = (typeof conflictReasons)[number];

export const Conflict = Strict({
  index: Type.Integer({ minimum: 0 }),
  record_id: RecordId,
  reason: Type.Enum([...conflictReasons]),
  server_version: Nullable(Version),
  server_timestamp: Nullable(Instant),
  current: Nullable(Type.Union([StoredChange, Tombstone])),
  truncated: Type.Optional(Type.Literal(true)),
});

export const resultStatuses = ["applied", "unchanged", "conflict"] as const;
export const ChangeResult = Strict({
  record_id: RecordId,
  status: Type.Enum([...resultStatuses]),
  version: Type.Optional(Version),
  changed_at: Type.Optional(Instant),
});

/** What came from others since the cursor of the push; this batch's own versions are left out. */
export const PushedDelta = Strict({
  changes: Type.Array(StoredChange),
  deleted: Type.Array(Tombstone),
  has_more: Type.Boolean(),
});

export const UploadDeltaReply = Success(
  Strict({
    data_type: DataType,
    version: Type.Integer({ minimum: 0, description: "The head after the batch" }),
    epoch: Epoch,
    processed_count: Type.Integer(),
    conflict_count: Type.Integer(),
    results: Type.Array(ChangeResult),
    synced_at: Instant,
    clock_skew_ms: Type.Optional(
      Type.Integer({ description: "How far the furthest clamped timestamp was ahead of the server" }),
    ),
    conflicts: Type.Optional(Type.Array(Conflict)),
    delta: Type.Optional(PushedDelta),
    next_cursor: Type.Optional(Cursor),
  }),
);
