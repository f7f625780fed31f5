import Type, { type Static } from "typebox";
import { Strict, Success } from "../fields.ts";
import { limits } from "../limits.ts";

/** A body that carries nothing but the auth secret again; the header `Owlivion-Password` does as well. */
export const ReauthRequest = Type.Union([
  Strict({ password: Type.Optional(Type.String({ maxLength: limits.maxSecretBytes })) }),
  Type.Null(),
]);
export type ReauthRequest = Static<typeof ReauthRequest>;

/** A success that has nothing to tell. */
export const EmptyReply = Success(Strict({}));
