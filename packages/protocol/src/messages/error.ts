import Type, { type Static } from "typebox";
import { Strict } from "../fields.ts";

/** Every reply that is not a success, always JSON. */
export const ErrorReply = Strict({
  success: Type.Literal(false),
  error: Type.String({ description: "For a person; may change" }),
  code: Type.String({ description: "Stable; the table is docs/errors.md" }),
  details: Type.Optional(Type.Unknown()),
});
export type ErrorReply = Static<typeof ErrorReply>;
