import { sha256 } from "@noble/hashes/sha2.js";
import { concat, utf8 } from "./bytes/bytes.ts";
import { putU32 } from "./bytes/integers.ts";
import type { PasswordHash } from "./login/password-hash.ts";
import type { RandomBytes } from "./random.ts";

/**
 * For tests and simulations only: one SHA-256 where Argon2id belongs. Whoever sees what it made guesses passwords a million
 * times as fast.
 */
export const insecurePasswordHashForTests: PasswordHash = (password, salt) =>
  Promise.resolve(sha256(concat(utf8("owl1/insecure-test-hash"), salt, password)));

/** For tests and simulations only: the same bytes for the same seed. SHA-256(seed ‖ u32 counter), block after block. */
export function predictableRandomForTests(seed: string): RandomBytes {
  const seedBytes = utf8(seed);
  let counter = 0;
  return (length) => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const block = new Uint8Array(4);
      putU32(block, 0, counter);
      counter += 1;
      out.set(sha256(concat(seedBytes, block)).subarray(0, length - at), at);
    }
    return out;
  };
}
