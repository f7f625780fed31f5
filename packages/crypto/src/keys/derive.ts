import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, utf8, type Bytes } from "../bytes/bytes.ts";
import { checkKeyEpoch, prefixedDataType } from "../bytes/check.ts";
import { putU32 } from "../bytes/integers.ts";
import { bytesOfUuid } from "../bytes/uuid.ts";
import { type AccountKey, CollectionKey, ProofKey } from "./secret-kinds.ts";

/** Every HKDF label. One secret is never used for two purposes without one of these between them. */
export const labels = {
  auth: "owl1/auth",
  kek: "owl1/kek",
  commit: "owl1/commit",
  wrapKey: "owl1/wrap-key",
  recoveryWrap: "owl1/recovery-wrap",
  recoveryAuth: "owl1/recovery-auth",
  collection: "owl1/collection",
  proofKey: "owl1/proof-key",
  localKey: "owl1/local-key",
  exportKey: "owl1/export-key",
} as const;

const noSalt = new Uint8Array(0);

/** HKDF-SHA256, 32 bytes; the info is the label and what follows it. */
export function derive(secret: Uint8Array, salt: Uint8Array | null, label: string, ...context: Uint8Array[]): Bytes {
  return hkdf(sha256, secret, salt ?? noSalt, concat(utf8(label), ...context), 32);
}

export interface CollectionPlace {
  readonly accountId: string;
  readonly keyEpoch: number;
  readonly dataType: string;
}

export function deriveCollectionKey(accountKey: AccountKey, place: CollectionPlace): CollectionKey {
  return new CollectionKey(deriveOfCollection(accountKey, labels.collection, place));
}

export function deriveProofKey(accountKey: AccountKey, place: CollectionPlace): ProofKey {
  return new ProofKey(deriveOfCollection(accountKey, labels.proofKey, place));
}

function deriveOfCollection(accountKey: AccountKey, label: string, place: CollectionPlace): Bytes {
  checkKeyEpoch(place.keyEpoch);
  const epoch = new Uint8Array(4);
  putU32(epoch, 0, place.keyEpoch);
  const salt = bytesOfUuid(place.accountId, "the account id");
  return derive(accountKey.exposeSecretBytes(), salt, label, epoch, prefixedDataType(place.dataType));
}
