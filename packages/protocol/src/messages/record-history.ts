import Type, { type Static } from "typebox";
import {
  Checksum,
  Ciphertext,
  DataType,
  Instant,
  Nonce,
  Nullable,
  RecordId,
  Strict,
  Success,
  Uuid,
  Version,
} from "../fields.ts";
import { ChangeType } from "./change.ts";
import { PageLimit } from "./download-delta.ts";

/** `GET /sync/:data_type/records/:record_id/history`: newest first, deletions included. */
export const RecordHistoryQuery = Strict({ before: Type.Optional(Version), limit: Type.Optional(PageLimit) });
export type RecordHistoryQuery = Static<typeof RecordHistoryQuery>;

export const HistoryEntry = Strict({
  version: Version,
  change_type: ChangeType,
  changed_at: Instant,
  device_id: Uuid,
  encrypted_record: Type.Optional(Ciphertext),
  record_nonce: Type.Optional(Nonce),
  record_checksum: Type.Optional(Checksum),
});

export const RecordHistoryReply = Success(
  Strict({
    data_type: DataType,
    record_id: RecordId,
    history: Type.Array(HistoryEntry),
    history_horizon: Type.Integer({ description: "Replaced changes up to this version may have been purged" }),
    pagination: Strict({
      limit: Type.Integer(),
      returned_count: Type.Integer(),
      has_more: Type.Boolean(),
      next_before: Nullable(Version),
    }),
  }),
);
