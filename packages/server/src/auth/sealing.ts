import type { RegisterRequest } from "@owlivion/sync-protocol";
import { decodeBase64 } from "../base64.ts";
import { readKeySet } from "../db/account-keys.ts";
import type { KeySetBytes } from "../db/accounts/account-store.ts";
import { invalidField } from "../invalid-field.ts";
import { assertSecretLength } from "./secret-length.ts";

/** What makes an account sealed instead of plain. */
export interface Sealing {
  readonly accountId: string;
  readonly authSuite: number;
  readonly kdfSeed: Buffer;
  readonly keys: KeySetBytes;
  readonly recoveryAuth: string;
}

const fields = ["account_id", "auth_suite", "kdf_seed", "keys", "recovery_auth"] as const;

/** All of the fields, or none: null. */
export function readSealing(body: Pick<RegisterRequest, (typeof fields)[number]>): Sealing | null {
  const { account_id, auth_suite, kdf_seed, keys, recovery_auth } = body;
  if (fields.every((field) => body[field] === undefined)) return null;
  if (
    account_id === undefined ||
    auth_suite === undefined ||
    kdf_seed === undefined ||
    keys === undefined ||
    recovery_auth === undefined
  ) {
    const missing = fields.find((field) => body[field] === undefined) ?? fields[0];
    throw invalidField(missing, `${fields.join(", ")} come together or not at all`);
  }
  assertSecretLength(recovery_auth, "recovery_auth");
  return {
    accountId: account_id.toLowerCase(),
    authSuite: auth_suite,
    kdfSeed: readKdfSeed(kdf_seed),
    keys: readKeySet(keys),
    recoveryAuth: recovery_auth,
  };
}

export function readKdfSeed(text: string): Buffer {
  const seed = decodeBase64(text);
  if (seed === null) throw invalidField("kdf_seed", "is not strict base64");
  return seed;
}
