import type { ChangePasswordRequest } from "@owlivion/sync-protocol";
import { readKeySet } from "../db/account-keys.ts";
import type { KeySetBytes } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";
import { invalidField } from "../invalid-field.ts";
import { readKdfSeed } from "./sealing.ts";
import { assertSecretLength } from "./secret-length.ts";

/** What a sealed account renews together with its secret. */
export interface Rewrap {
  readonly authSuite: number;
  readonly kdfSeed: Buffer;
  readonly keys: KeySetBytes;
  readonly keysVersion: number;
  /** When the recovery key is a new one too. */
  readonly recoveryAuth: string | null;
}

const fields = ["auth_suite", "kdf_seed", "keys", "keys_version"] as const;

/** A sealed account sends all of the fields, a plain one none: null. */
export function readRewrap(
  kind: "plain" | "sealed",
  body: Pick<ChangePasswordRequest, (typeof fields)[number] | "recovery_auth">,
): Rewrap | null {
  const { auth_suite, kdf_seed, keys, keys_version, recovery_auth } = body;
  if (kind === "plain") {
    if (recovery_auth === undefined && fields.every((field) => body[field] === undefined)) return null;
    throw new ApiError("PLAIN_ACCOUNT");
  }
  if (auth_suite === undefined || kdf_seed === undefined || keys === undefined || keys_version === undefined) {
    const missing = fields.find((field) => body[field] === undefined) ?? fields[0];
    throw invalidField(missing, `an account with keys sends ${fields.join(", ")}`);
  }
  if (recovery_auth !== undefined) assertSecretLength(recovery_auth, "recovery_auth");
  return {
    authSuite: auth_suite,
    kdfSeed: readKdfSeed(kdf_seed),
    keys: readKeySet(keys),
    keysVersion: keys_version,
    recoveryAuth: recovery_auth ?? null,
  };
}
