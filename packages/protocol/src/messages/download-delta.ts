import Type, { type Static } from "typebox";
import { Cursor, DataType, Epoch, Instant, Strict, Success, Version } from "../fields.ts";
import { limits } from "../limits.ts";
import { StoredChange, Tombstone } from "./change.ts";

export const PageLimit = Type.Integer({ minimum: 1, maximum: limits.maxPageRows, default: limits.defaultPageRows });
export const PageOffset = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 });

/** `GET /sync/:data_type/delta`: by `cursor` (the way of the SDK), or by `since` and `offset` (the compatible way). */
export const DownloadDeltaQuery = Strict({
  cursor: Type.Optional(Type.Union([Type.Literal("initial"), Cursor])),
  tombstones: Type.Optional(Type.Boolean({ description: "With cursor=initial: every tombstone still kept" })),
  as_of: Type.Optional(Type.String({ minLength: 1, maxLength: 40, description: "A version or a timestamp" })),
  since: Type.Optional(Type.String({ maxLength: 40, description: "RFC 3339" })),
  limit: Type.Optional(PageLimit),
  offset: Type.Optional(PageOffset),
});
export type DownloadDeltaQuery = Static<typeof DownloadDeltaQuery>;

export const Proof = Strict({ epoch: Epoch, version: Version, proof: Type.String() });

const pageFields = {
  data_type: DataType,
  changes: Type.Array(StoredChange),
  deleted: Type.Array(Tombstone),
  next_cursor: Cursor,
  epoch: Epoch,
  head: Version,
  horizon: Version,
  proof: Type.Optional(Proof),
};

export const CursorPage = Strict({
  ...pageFields,
  as_of: Type.Optional(Version),
  pagination: Strict({ limit: Type.Integer(), returned_count: Type.Integer(), has_more: Type.Boolean() }),
});

export const SincePage = Strict({
  ...pageFields,
  since: Instant,
  next_since: Instant,
  pagination: Strict({
    total_changes: Type.Integer(),
    total_deleted: Type.Integer(),
    limit: Type.Integer(),
    offset: Type.Integer(),
    returned_count: Type.Integer(),
    has_more: Type.Boolean(),
    next_offset: Type.Union([Type.Integer(), Type.Null()]),
  }),
});

export const DownloadDeltaReply = Success(Type.Union([CursorPage, SincePage]));
