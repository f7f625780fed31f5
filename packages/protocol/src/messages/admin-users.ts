import Type, { type Static } from "typebox";
import { DataType, DeviceName, Instant, Nullable, Platform, Strict, Success, Uuid, Version } from "../fields.ts";
import { limits } from "../limits.ts";
import { AdminEmail, AdminEmails } from "./admin-emails.ts";

const Count = Type.Integer({ minimum: 0 });

/** `GET /admin/users`: by address; the next page begins after the account `next_after`. */
export const AdminUsersQuery = Strict({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
  after: Type.Optional(Uuid),
  q: Type.Optional(Type.String({ maxLength: limits.maxEmailChars, description: "A part of the address" })),
  emails: AdminEmails,
});
export type AdminUsersQuery = Static<typeof AdminUsersQuery>;

/** An account as the operator sees it: sizes and times, never content or a secret. */
export const AdminUser = Strict({
  id: Uuid,
  email: AdminEmail,
  kind: Type.Enum(["plain", "sealed"]),
  state: Type.Enum(["active", "disabled", "erasing"]),
  devices: Type.Integer({ minimum: 0, description: "Active ones" }),
  records: Count,
  bytes: Type.Integer({ minimum: 0, description: "Live ciphertext, blobs included" }),
  last_sync_at: Nullable(Instant),
  last_seen_at: Nullable(Instant),
  created_at: Instant,
});
export type AdminUser = Static<typeof AdminUser>;
export const AdminUsersReply = Success(Strict({ users: Type.Array(AdminUser), next_after: Nullable(Uuid) }));

export const AdminCollection = Strict({
  data_type: DataType,
  head: Version,
  horizon: Version,
  history_horizon: Version,
  record_count: Count,
  tombstone_count: Count,
  record_bytes: Count,
  last_changed_at: Nullable(Instant),
  last_sync_at: Nullable(Instant),
  proof_version: Nullable(Version),
  blob_version: Nullable(Version),
  blob_bytes: Count,
});
export type AdminCollection = Static<typeof AdminCollection>;

export const AdminDevice = Strict({
  device_id: Uuid,
  device_name: Nullable(DeviceName),
  platform: Platform,
  created_at: Instant,
  last_seen_at: Nullable(Instant),
  last_sync_at: Nullable(Instant),
  revoked_at: Nullable(Instant),
});
export type AdminDevice = Static<typeof AdminDevice>;

export const AdminActivity = Strict({
  at: Instant,
  action: Type.Enum(["delta_upload", "delta_download", "blob_upload", "blob_download"]),
  data_type: Nullable(DataType),
  device_id: Nullable(Uuid),
  applied: Type.Integer({ description: "Changes applied, or rows sent" }),
  conflicts: Count,
});
export type AdminActivity = Static<typeof AdminActivity>;

/** `GET /admin/users/:user_id` */
export const AdminUserDetail = Strict({
  ...AdminUser.properties,
  device_list: Type.Array(AdminDevice),
  collections: Type.Array(AdminCollection),
  activity: Type.Array(AdminActivity, { description: "The newest entries of the audit" }),
});
export type AdminUserDetail = Static<typeof AdminUserDetail>;
export const AdminUserReply = Success(AdminUserDetail);
