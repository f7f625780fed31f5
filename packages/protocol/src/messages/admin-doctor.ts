import Type, { type Static } from "typebox";
import { Strict, Success } from "../fields.ts";

/** `GET /admin/doctor`: what `owlivion-sync doctor` sees, without the rows of records. */
export const AdminFinding = Strict({
  level: Type.Enum(["ok", "warn", "fail"]),
  check: Type.String(),
  message: Type.String(),
});
export type AdminFinding = Static<typeof AdminFinding>;
export const AdminDoctorReply = Success(Strict({ findings: Type.Array(AdminFinding) }));
