import Type, { type Static } from "typebox";
import { Epoch, Instant, Strict, Success } from "../fields.ts";

/** `GET /admin/epochs`: newest first. */
export const AdminEpoch = Strict({
  epoch: Epoch,
  began_at: Instant,
  reason: Type.Enum(["created", "restored", "cluster", "lineage", "operator"]),
  is_exact: Type.Boolean({ description: "Devices that were not ahead may go on without a new download" }),
});
export type AdminEpoch = Static<typeof AdminEpoch>;
export const AdminEpochsReply = Success(Strict({ epochs: Type.Array(AdminEpoch) }));
