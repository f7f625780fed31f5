import { bytesOfUuid } from "../bytes/uuid.ts";
import { derive, labels } from "../keys/derive.ts";
import { type AccountKey, BlobKey } from "../keys/secret-kinds.ts";
import type { RandomBytes } from "../random.ts";
import { prefixedLabel } from "./prefixed-label.ts";

/** A random key, for what a device keeps under a key of its own. */
export function createBlobKey(random: RandomBytes): BlobKey {
  return new BlobKey(random(32));
}

/** For blobs that the account's own devices open: no password, but the account key. */
export function deriveLocalKey(accountKey: AccountKey, accountId: string, label: string): BlobKey {
  const salt = bytesOfUuid(accountId, "the account id");
  return new BlobKey(derive(accountKey.exposeSecretBytes(), salt, labels.localKey, prefixedLabel(label)));
}
