import { sha256 } from "@noble/hashes/sha2.js";
import { limits, normalizeEmail } from "@owlivion/sync-protocol";
import { concat, utf8, type Bytes } from "../bytes/bytes.ts";
import { checkLength, utf8Of } from "../bytes/check.ts";
import { putU32 } from "../bytes/integers.ts";
import { CryptoError } from "../crypto-error.ts";
import { saltBytes } from "./password-hash.ts";

const label = utf8("owl1/salt");

/** The Argon2id salt: the e-mail is in it, so that a server cannot give two people the same one. */
export function loginSalt(email: string, seed: Uint8Array): Bytes {
  checkLength(seed, limits.kdfSeedBytes, "the seed");
  const address = utf8Of(normalizeEmail(String(email)), "the e-mail");
  if (address.length === 0) throw new CryptoError("INVALID_VALUE", "the e-mail is empty");
  const length = new Uint8Array(4);
  putU32(length, 0, address.length);
  return sha256(concat(label, length, address, seed)).slice(0, saltBytes);
}
