export { CryptoError, isCryptoError, type CryptoErrorCode, type CryptoErrorDetails } from "./crypto-error.ts";
export { systemRandom, type RandomBytes } from "./random.ts";
export type { Bytes } from "./bytes/bytes.ts";
export { isUuid } from "./bytes/uuid.ts";

export { SecretBytes } from "./keys/secret-bytes.ts";
export {
  AccountKey,
  AuthSecret,
  BlobKey,
  CollectionKey,
  IdKey,
  KeyEncryptionKey,
  ProofKey,
  RecoveryKey,
  RecoveryWrapKey,
} from "./keys/secret-kinds.ts";
export { deriveCollectionKey, deriveProofKey, type CollectionPlace } from "./keys/derive.ts";
export {
  createKeyBundle,
  currentKeyEpoch,
  exposeKeyBundle,
  keyBundleOf,
  maxAccountKeys,
  type EpochKey,
  type KeyBundle,
} from "./keys/key-bundle.ts";
export { Keyring } from "./keys/keyring.ts";
export type { CollectionKeyring } from "./keys/collection-keyring.ts";

export type { PasswordHash } from "./login/password-hash.ts";

export type { Content, Json, JsonObject, PutContent, Stamp, TombstoneContent } from "./content/content.ts";
export { canonicalJson } from "./content/canonical-json.ts";
export { compareStamps } from "./content/stamp-bytes.ts";
export { decodePlaintext, encodePlaintext } from "./content/plaintext.ts";
export { paddedLength } from "./content/padme.ts";

export { readHeader, type EnvelopeHeader, type EnvelopeKind } from "./envelope/header.ts";
export { type EnvelopeDraft, type OpenedEnvelope } from "./envelope/envelope-cipher.ts";
export {
  openEnvelope,
  sealEnvelope,
  type OpenInput,
  type RecordPlace,
  type SealInput,
} from "./envelope/seal-envelope.ts";
export { hashEnvelope } from "./envelope/hash-envelope.ts";

export { blindRecordId, randomRecordId } from "./ids/record-id.ts";
export { normalizeNaturalKey } from "./ids/normalize-natural-key.ts";
export { headProof, isSameProof, setHashTerm, type HeadState } from "./proof/head-proof.ts";
export { SetHash } from "./proof/set-hash.ts";

export { createBlobKey, deriveLocalKey } from "./blob/blob-keys.ts";
export { openBlob, sealBlob } from "./blob/seal-blob.ts";
