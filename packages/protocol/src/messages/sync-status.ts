import Type, { type Static } from "typebox";
import { Epoch, Instant, Nullable, Strict, Success, Uuid, Version } from "../fields.ts";

export const CollectionStatus = Strict({
  version: Type.Integer({ minimum: 0, description: "The blob's counter when there is a blob, else the head" }),
  blob_version: Nullable(Version),
  head: Version,
  epoch: Epoch,
  horizon: Version,
  record_count: Type.Integer(),
  bytes: Type.Integer({ description: "Ciphertext of the current records and the blob" }),
  last_sync_at: Nullable(Instant),
  device_id: Nullable(Uuid),
  proof_version: Nullable(Version),
});
export type CollectionStatus = Static<typeof CollectionStatus>;

/** `GET /sync/status`: by data type; null where nothing was ever stored. */
export const SyncStatusReply = Success(Type.Record(Type.String(), Nullable(CollectionStatus)));
