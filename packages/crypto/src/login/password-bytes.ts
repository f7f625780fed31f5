import { limits } from "@owlivion/sync-protocol";
import type { Bytes } from "../bytes/bytes.ts";
import { utf8Of } from "../bytes/check.ts";
import { CryptoError } from "../crypto-error.ts";

/**
 * What is hashed: UTF-8 of NFKC, so that every keyboard gives the same bytes. Nothing is trimmed; spaces count. There are
 * no rules for what a good password is here, only for what can be one.
 */
export function passwordBytes(password: string): Bytes {
  const given = utf8Of(password, "a password");
  given.fill(0);
  const bytes = utf8Of(password.normalize("NFKC"), "a password");
  if (bytes.length === 0) throw new CryptoError("INVALID_VALUE", "the password is empty");
  if (bytes.length > limits.maxSecretBytes) {
    throw new CryptoError("INVALID_VALUE", `a password has at most ${limits.maxSecretBytes} bytes`);
  }
  return bytes;
}
