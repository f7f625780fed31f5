import Type, { type Static } from "typebox";
import { Base64, Instant, Secret, Strict, Success } from "../fields.ts";
import { limits } from "../limits.ts";

const Wrap = Base64({ min: 16, max: limits.maxWrapBytes }, "The key bundle, wrapped; opaque to the server");

/** The account's key bundle, wrapped twice. The server cannot open either. */
export const KeySet = Strict({
  key_epoch: Type.Integer({ minimum: 1, maximum: 0xffffffff }),
  password_wrap: Wrap,
  recovery_wrap: Wrap,
});
export type KeySet = Static<typeof KeySet>;

export const StoredKeySet = Strict({
  ...KeySet.properties,
  version: Type.Integer({ minimum: 1, description: "Counts the account's key sets; for compare-and-set" }),
});
export type StoredKeySet = Static<typeof StoredKeySet>;

export const GetKeysReply = Success(Strict({ ...StoredKeySet.properties, updated_at: Instant }));

/** `PUT /account/keys`: replaces the set that has `version`; `recovery_auth` when the recovery key is a new one. */
export const PutKeysRequest = Strict({
  password: Type.Optional(Type.String({ maxLength: limits.maxSecretBytes, description: "The auth secret again" })),
  version: Type.Integer({ minimum: 1, description: "The version this replaces" }),
  keys: KeySet,
  recovery_auth: Type.Optional(Secret),
});
export type PutKeysRequest = Static<typeof PutKeysRequest>;

export const PutKeysReply = Success(Strict({ version: Type.Integer() }));
