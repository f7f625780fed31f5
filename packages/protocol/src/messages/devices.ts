import Type, { type Static } from "typebox";
import { DeviceName, Instant, Nullable, Platform, Strict, Success, Uuid } from "../fields.ts";

export const Device = Strict({
  id: Uuid,
  device_id: Uuid,
  device_id_masked: Type.String(),
  device_name: Nullable(DeviceName),
  platform: Platform,
  last_sync_at: Nullable(Instant),
  last_seen_at: Nullable(Instant),
  created_at: Instant,
  is_active: Type.Boolean(),
  is_current: Type.Boolean(),
});
export type Device = Static<typeof Device>;

export const DevicesReply = Success(
  Strict({ devices: Type.Array(Device), total: Type.Integer(), active: Type.Integer() }),
);
