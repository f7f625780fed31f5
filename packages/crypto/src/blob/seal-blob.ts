import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { concat, utf8, type Bytes } from "../bytes/bytes.ts";
import { checkLength } from "../bytes/check.ts";
import { CryptoError } from "../crypto-error.ts";
import type { BlobKey } from "../keys/secret-kinds.ts";
import type { RandomBytes } from "../random.ts";
import { prefixedLabel } from "./prefixed-label.ts";

const format = 1;
const nonceBytes = 24;
const headBytes = 1 + nonceBytes;
const tagBytes = 16;
const associatedLabel = utf8("owl1/blob");

/**
 * Seals bytes that are no record: a key file, an export. The label says what they are, and nothing opens under another one.
 * Neither padded nor compressed.
 */
export function sealBlob(key: BlobKey, label: string, bytes: Uint8Array, random: RandomBytes): Bytes {
  const nonce = random(nonceBytes);
  checkLength(nonce, nonceBytes, "the nonce");
  const head = concat(Uint8Array.of(format), nonce);
  return concat(head, xchacha20poly1305(key.exposeSecretBytes(), nonce, associated(label, head)).encrypt(bytes));
}

/** Throws INVALID_BLOB for what cannot be one, TAMPERED for one that was changed or has another key or label. */
export function openBlob(key: BlobKey, label: string, sealed: Uint8Array): Bytes {
  if (sealed.length < headBytes + tagBytes || sealed[0] !== format) {
    throw new CryptoError("INVALID_BLOB", "not a sealed blob");
  }
  const head = sealed.subarray(0, headBytes);
  const cipher = xchacha20poly1305(key.exposeSecretBytes(), head.subarray(1), associated(label, head));
  try {
    return cipher.decrypt(sealed.subarray(headBytes));
  } catch {
    throw new CryptoError("TAMPERED", "the blob was changed, or has another key or label");
  }
}

function associated(label: string, head: Uint8Array): Bytes {
  return concat(associatedLabel, prefixedLabel(label), head);
}
