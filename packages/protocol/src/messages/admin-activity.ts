import Type, { type Static } from "typebox";
import { DataType, DeviceName, Instant, Nullable, Strict, Success, Uuid } from "../fields.ts";
import { AdminEmail } from "./admin-emails.ts";

/** `GET /admin/activity`: what devices changed in the last day, newest first, summed by device, data type and minute. */
export const AdminRecentChange = Strict({
  user_id: Uuid,
  email: Nullable(AdminEmail),
  device_id: Uuid,
  device_name: Nullable(DeviceName),
  data_type: DataType,
  change_type: Type.Enum(["insert", "update", "delete"]),
  changes: Type.Integer({ minimum: 1 }),
  last_changed_at: Instant,
});
export type AdminRecentChange = Static<typeof AdminRecentChange>;
export const AdminActivityReply = Success(Strict({ activity: Type.Array(AdminRecentChange) }));
