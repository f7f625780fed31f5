import { blindRecordId, type KeyBundle } from "@owlivion/sync-crypto";

/** The same for the same id key and account, whatever else is in the bundle. It tells nothing about the key. */
export function fingerprintOf(bundle: KeyBundle, accountId: string): string {
  return blindRecordId(bundle.idKey, "fingerprint", accountId, 0);
}
