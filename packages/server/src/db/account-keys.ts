import type { KeySet } from "@owlivion/sync-protocol";
import { decodeBase64 } from "../base64.ts";
import { ApiError } from "../errors.ts";
import { invalidField } from "../invalid-field.ts";
import type { AccountTransaction, KeySetBytes } from "./accounts/account-store.ts";

const keptSets = 3;

export function readKeySet(keys: KeySet): KeySetBytes {
  const passwordWrap = decodeBase64(keys.password_wrap);
  const recoveryWrap = decodeBase64(keys.recovery_wrap);
  if (passwordWrap === null) throw invalidField("keys.password_wrap", "is not strict base64");
  if (recoveryWrap === null) throw invalidField("keys.recovery_wrap", "is not strict base64");
  return { keyEpoch: keys.key_epoch, passwordWrap, recoveryWrap };
}

/**
 * Replaces the set that has `expectedVersion`, under the lock of the user, and answers the new version. The one before stays
 * for 30 days, three sets at most.
 */
export async function replaceKeys(
  tx: AccountTransaction,
  userId: string,
  current: { keysVersion: number; keyEpoch: number },
  expectedVersion: number,
  keys: KeySetBytes,
): Promise<number> {
  if (current.keysVersion !== expectedVersion) {
    throw new ApiError("KEYS_CHANGED", { details: { version: current.keysVersion } });
  }
  if (keys.keyEpoch < current.keyEpoch) {
    throw new ApiError("KEY_EPOCH_OUTDATED", { details: { key_epoch: current.keyEpoch } });
  }
  const version = current.keysVersion + 1;
  await tx.markKeysReplaced(userId, current.keysVersion);
  await tx.insertKeys(userId, version, keys);
  await tx.deleteOldKeys(userId, version - keptSets);
  await tx.updateKeysVersion(userId, version, keys.keyEpoch);
  return version;
}
