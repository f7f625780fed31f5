import Type, { type Static } from "typebox";
import { DeviceName, Email, Nullable, Platform, Strict, Success, Uuid } from "../fields.ts";
import { StoredKeySet } from "./keys.ts";

/** The fields by which a device introduces itself. A platform that is left out is `other`, or what it was before. */
export const deviceFields = {
  device_id: Uuid,
  device_name: Type.Optional(DeviceName),
  platform: Type.Optional(Platform),
};

export const Tokens = Strict({
  access_token: Type.String(),
  refresh_token: Type.String(),
  token_type: Type.Literal("Bearer"),
  expires_in: Type.Integer({ description: "Seconds until the access token expires" }),
});
export type Tokens = Static<typeof Tokens>;

export const User = Strict({
  id: Uuid,
  email: Email,
  kind: Type.Enum(["plain", "sealed"], { description: "plain: made with a raw password; sealed: holds keys" }),
  encryption_salt: Nullable(Type.String()),
});
export type User = Static<typeof User>;

/** What signing up and signing in answer. */
export const Session = Strict({ user: User, tokens: Tokens, keys: Type.Optional(StoredKeySet) });
export type Session = Static<typeof Session>;
export const SessionReply = Success(Session);
