import Type, { type Static } from "typebox";
import { Strict } from "../fields.ts";

export const AdminEmails = Type.Optional(
  Type.Enum(["masked", "full"], { default: "masked", description: "How addresses are written" }),
);

/** Of every route for the operator that names accounts. */
export const AdminEmailsQuery = Strict({ emails: AdminEmails });
export type AdminEmailsQuery = Static<typeof AdminEmailsQuery>;

export const AdminEmail = Type.String({
  description: "Masked unless `emails=full` asks for it",
  examples: ["a••@e••.com"],
});
