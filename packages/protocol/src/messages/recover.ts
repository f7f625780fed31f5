import Type, { type Static } from "typebox";
import { Email, Secret, Strict, Success, Uuid } from "../fields.ts";
import { KeySet, StoredKeySet } from "./keys.ts";
import { AuthSuite, KdfSeed } from "./register.ts";
import { deviceFields } from "./session.ts";

/** `POST /auth/recover/start`: proves the recovery key; answers a token that is good for `POST /auth/recover` only. */
export const RecoverStartRequest = Strict({ email: Email, recovery_auth: Secret });
export type RecoverStartRequest = Static<typeof RecoverStartRequest>;

export const RecoverStartReply = Success(
  Strict({
    recovery_token: Type.String(),
    expires_in: Type.Integer({ description: "Seconds" }),
    user_id: Uuid,
    keys: StoredKeySet,
  }),
);

/** `POST /auth/recover`, with the recovery token as bearer: new secret, seed and wraps; every session ends. */
export const RecoverRequest = Strict({
  new_password: Secret,
  auth_suite: AuthSuite,
  kdf_seed: KdfSeed,
  keys: KeySet,
  keys_version: Type.Integer({ minimum: 1 }),
  recovery_auth: Secret,
  ...deviceFields,
});
export type RecoverRequest = Static<typeof RecoverRequest>;
