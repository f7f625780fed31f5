import Type, { type Static } from "typebox";
import { DataType, Instant, Nullable, Strict, Success, Uuid, Version } from "../fields.ts";
import { AdminEmail } from "./admin-emails.ts";

const Count = Type.Integer({ minimum: 0 });

/** `GET /admin/collections`: the largest collections first. */
export const AdminLargeCollection = Strict({
  user_id: Uuid,
  email: AdminEmail,
  data_type: DataType,
  head: Version,
  horizon: Version,
  history_horizon: Version,
  record_count: Count,
  tombstone_count: Count,
  record_bytes: Type.Integer({ minimum: 0, description: "Bytes of live ciphertext" }),
  kept_batches: Count,
  last_changed_at: Nullable(Instant),
  last_sync_at: Nullable(Instant),
});
export type AdminLargeCollection = Static<typeof AdminLargeCollection>;
export const AdminCollectionsReply = Success(Strict({ collections: Type.Array(AdminLargeCollection) }));
