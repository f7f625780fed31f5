import { base64url } from "../bytes/base64url.ts";
import { SecretBytes } from "./secret-bytes.ts";

const keyBytes = 32;
export const recoveryKeyBytes = 20;

/** One of the account's keys, of one key epoch: the root of its collection keys. */
export class AccountKey extends SecretBytes {
  readonly kind = "AccountKey";
  constructor(bytes: Uint8Array) {
    super(bytes, keyBytes, "an account key");
  }
}

/** Makes record ids. It outlives key epochs, so that a natural key keeps its record id. */
export class IdKey extends SecretBytes {
  readonly kind = "IdKey";
  constructor(bytes: Uint8Array) {
    super(bytes, keyBytes, "an id key");
  }
}

/** Seals the envelopes of one collection in one key epoch. */
export class CollectionKey extends SecretBytes {
  readonly kind = "CollectionKey";
  constructor(bytes: Uint8Array) {
    super(bytes, keyBytes, "a collection key");
  }
}

/** Makes set hash terms and head proofs of one collection in one key epoch. */
export class ProofKey extends SecretBytes {
  readonly kind = "ProofKey";
  constructor(bytes: Uint8Array) {
    super(bytes, keyBytes, "a proof key");
  }
}

/** Made from the password; wraps the key bundle. */
export class KeyEncryptionKey extends SecretBytes {
  readonly kind = "KeyEncryptionKey";
  constructor(bytes: Uint8Array) {
    super(bytes, keyBytes, "a key encryption key");
  }
}

/** Made from the recovery key and the account id; wraps the key bundle. */
export class RecoveryWrapKey extends SecretBytes {
  readonly kind = "RecoveryWrapKey";
  constructor(bytes: Uint8Array) {
    super(bytes, keyBytes, "a recovery wrap key");
  }
}

/** 160 random bits that a person keeps on paper. */
export class RecoveryKey extends SecretBytes {
  readonly kind = "RecoveryKey";
  constructor(bytes: Uint8Array) {
    super(bytes, recoveryKeyBytes, "a recovery key");
  }
}

/** Seals blobs: key files, exports. */
export class BlobKey extends SecretBytes {
  readonly kind = "BlobKey";
  constructor(bytes: Uint8Array) {
    super(bytes, keyBytes, "a blob key");
  }
}

/** What the wire calls `password` or `recovery_auth`: proves the secret to the server without telling it. */
export class AuthSecret extends SecretBytes {
  readonly kind = "AuthSecret";
  constructor(bytes: Uint8Array) {
    super(bytes, keyBytes, "an auth secret");
  }

  /** The 43 base64url characters that go into a request body, and nowhere else. */
  exposeWireText(): string {
    return base64url(this.exposeSecretBytes());
  }
}
