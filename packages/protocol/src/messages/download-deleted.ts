import Type, { type Static } from "typebox";
import { DataType, Epoch, Instant, Nullable, Strict, Success, Version } from "../fields.ts";
import { Tombstone } from "./change.ts";
import { PageLimit, PageOffset } from "./download-delta.ts";

/** `GET /sync/:data_type/deleted`: the live tombstones, by the windows of `since` and `offset`. */
export const DownloadDeletedQuery = Strict({
  since: Type.Optional(Type.String({ maxLength: 40 })),
  limit: Type.Optional(PageLimit),
  offset: Type.Optional(PageOffset),
});
export type DownloadDeletedQuery = Static<typeof DownloadDeletedQuery>;

export const DownloadDeletedReply = Success(
  Strict({
    data_type: DataType,
    since: Instant,
    deleted: Type.Array(Tombstone),
    epoch: Epoch,
    horizon: Version,
    pagination: Strict({
      total: Type.Integer(),
      limit: Type.Integer(),
      offset: Type.Integer(),
      returned_count: Type.Integer(),
      has_more: Type.Boolean(),
      next_offset: Nullable(Type.Integer()),
    }),
  }),
);
