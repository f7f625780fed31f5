import Type, { type Static } from "typebox";
import { Base64, Email, Secret, Strict, Uuid } from "../fields.ts";
import { limits } from "../limits.ts";
import { KeySet } from "./keys.ts";
import { deviceFields } from "./session.ts";

export const AuthSuite = Type.Integer({ minimum: 1, maximum: 255, description: "1: Argon2id 64 MiB, t=3, p=1" });
export const KdfSeed = Base64({ min: limits.kdfSeedBytes, max: limits.kdfSeedBytes }, "32 bytes, base64");

/** `POST /auth/register`. The last five fields come together or not at all; without them the account is plain. */
export const RegisterRequest = Strict({
  email: Email,
  password: Secret,
  ...deviceFields,
  invitation: Type.Optional(Type.String({ maxLength: 128, description: "Needed when registration is by invitation" })),
  account_id: Type.Optional(Uuid),
  auth_suite: Type.Optional(AuthSuite),
  kdf_seed: Type.Optional(KdfSeed),
  keys: Type.Optional(KeySet),
  recovery_auth: Type.Optional(Secret),
});
export type RegisterRequest = Static<typeof RegisterRequest>;
