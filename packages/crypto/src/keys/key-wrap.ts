import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { limits } from "@owlivion/sync-protocol";
import { concat, equalInConstantTime, utf8, type Bytes } from "../bytes/bytes.ts";
import { checkLength } from "../bytes/check.ts";
import { getU32, putU32 } from "../bytes/integers.ts";
import { bytesOfUuid } from "../bytes/uuid.ts";
import { CryptoError } from "../crypto-error.ts";
import type { RandomBytes } from "../random.ts";
import { derive, labels } from "./derive.ts";
import { currentKeyEpoch, exposeKeyBundle, keyBundleOf, type KeyBundle } from "./key-bundle.ts";
import type { KeyEncryptionKey, RecoveryWrapKey } from "./secret-kinds.ts";
import { wrapAt, wrapFormat, wrapOverheadBytes, wrapPurposes, wrapSuite } from "./wrap-layout.ts";

/** The kind of the key says which wrap it makes and opens: a recovery wrap cannot be taken for a password wrap. */
export type WrappingKey = KeyEncryptionKey | RecoveryWrapKey;

const associatedLabel = utf8("owl1/wrap");

export function wrapKeyBundle(key: WrappingKey, accountId: string, bundle: KeyBundle, random: RandomBytes): Bytes {
  const account = bytesOfUuid(accountId, "the account id");
  const purpose = purposeOf(key);
  const plain = exposeKeyBundle(bundle);
  const out = new Uint8Array(plain.length + wrapOverheadBytes);
  out[wrapAt.format] = wrapFormat;
  out[wrapAt.suite] = wrapSuite;
  out[wrapAt.purpose] = purpose;
  putU32(out, wrapAt.keyEpoch, currentKeyEpoch(bundle));
  out.set(commitment(key, account, purpose), wrapAt.commitment);
  const nonce = random(24);
  checkLength(nonce, 24, "the nonce");
  out.set(nonce, wrapAt.nonce);
  out.set(cipher(key, account, purpose, out).encrypt(plain), wrapAt.ciphertext);
  plain.fill(0);
  return out;
}

/** Throws WRONG_KEY for another secret or account, before anything is decrypted; TAMPERED for what fails after that. */
export function unwrapKeyBundle(key: WrappingKey, accountId: string, wrap: Uint8Array): KeyBundle {
  const account = bytesOfUuid(accountId, "the account id");
  const purpose = purposeOf(key);
  checkWrap(wrap, purpose);
  const committed = wrap.subarray(wrapAt.commitment, wrapAt.nonce);
  if (!equalInConstantTime(commitment(key, account, purpose), committed)) {
    throw new CryptoError("WRONG_KEY", "the keys were wrapped with another secret");
  }
  const plain = decrypt(key, account, purpose, wrap);
  const bundle = keyBundleOf(plain);
  plain.fill(0);
  if (currentKeyEpoch(bundle) !== getU32(wrap, wrapAt.keyEpoch)) {
    throw new CryptoError("CONTENT_INVALID", "the wrap names another key epoch than its bundle");
  }
  return bundle;
}

function decrypt(key: WrappingKey, account: Bytes, purpose: number, wrap: Uint8Array): Bytes {
  try {
    return cipher(key, account, purpose, wrap).decrypt(wrap.subarray(wrapAt.ciphertext));
  } catch {
    throw new CryptoError("TAMPERED", "the wrapped keys were changed");
  }
}

function checkWrap(wrap: Uint8Array, purpose: number): void {
  if (wrap.length <= wrapOverheadBytes || wrap.length > limits.maxWrapBytes || wrap[wrapAt.format] !== wrapFormat) {
    throw new CryptoError("INVALID_WRAP", "not a wrapped key bundle");
  }
  if (wrap[wrapAt.suite] !== wrapSuite) {
    throw new CryptoError("UNKNOWN_SUITE", "the keys were wrapped with an unknown suite");
  }
  if (wrap[wrapAt.purpose] !== purpose) throw new CryptoError("INVALID_WRAP", "a wrap of another purpose");
}

function purposeOf(key: WrappingKey): number {
  return key.kind === "KeyEncryptionKey" ? wrapPurposes.password : wrapPurposes.recovery;
}

/** Binds the ciphertext to one key: an AEAD alone lets one ciphertext open under two keys. */
function commitment(key: WrappingKey, account: Bytes, purpose: number): Bytes {
  return derive(key.exposeSecretBytes(), account, labels.commit, Uint8Array.of(purpose));
}

function cipher(key: WrappingKey, account: Bytes, purpose: number, wrap: Uint8Array) {
  const cipherKey = derive(key.exposeSecretBytes(), account, labels.wrapKey, Uint8Array.of(purpose));
  const associated = concat(associatedLabel, account, wrap.subarray(0, wrapAt.ciphertext));
  return xchacha20poly1305(cipherKey, wrap.subarray(wrapAt.nonce, wrapAt.ciphertext), associated);
}
