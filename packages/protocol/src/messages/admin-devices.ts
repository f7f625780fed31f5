import Type, { type Static } from "typebox";
import { DeviceName, Instant, Nullable, Platform, Strict, Success, Uuid } from "../fields.ts";
import { AdminEmail, AdminEmails } from "./admin-emails.ts";

export const AdminDevicesQuery = Strict({
  not_seen_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 36_500, default: 30 })),
  emails: AdminEmails,
});
export type AdminDevicesQuery = Static<typeof AdminDevicesQuery>;

export const AdminUnseenDevice = Strict({
  user_id: Uuid,
  email: AdminEmail,
  device_id: Uuid,
  device_name: Nullable(DeviceName),
  platform: Platform,
  created_at: Instant,
  last_seen_at: Nullable(Instant),
});
export type AdminUnseenDevice = Static<typeof AdminUnseenDevice>;

/** `GET /admin/devices`: those that are signed in and were not seen for so many days, the longest first. */
export const AdminDevicesReply = Success(
  Strict({
    total: Type.Integer({ minimum: 0, description: "Of which at most 100 are listed" }),
    devices: Type.Array(AdminUnseenDevice),
  }),
);
