import Type, { type Static } from "typebox";
import { Secret, Strict, Success } from "../fields.ts";
import { KeySet } from "./keys.ts";
import { AuthSuite, KdfSeed } from "./register.ts";

/** What a sealed account renews together with its secret: all or none, none for a plain account. */
export const rewrapFields = {
  auth_suite: Type.Optional(AuthSuite),
  kdf_seed: Type.Optional(KdfSeed),
  keys: Type.Optional(KeySet),
  keys_version: Type.Optional(Type.Integer({ minimum: 1, description: "The version of the key set this replaces" })),
  recovery_auth: Type.Optional(Secret),
};

/** `POST /auth/password`: a new secret; every other session of the account ends. */
export const ChangePasswordRequest = Strict({ password: Secret, new_password: Secret, ...rewrapFields });
export type ChangePasswordRequest = Static<typeof ChangePasswordRequest>;

export const ChangePasswordReply = Success(
  Strict({ keys_version: Type.Optional(Type.Integer()), ended_sessions: Type.Integer() }),
);
