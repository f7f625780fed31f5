import { sha256 } from "@noble/hashes/sha2.js";
import { base32crockford } from "@scure/base";
import { concat, utf8 } from "../bytes/bytes.ts";
import { CryptoError } from "../crypto-error.ts";
import { RecoveryKey } from "../keys/secret-kinds.ts";

/** Crockford's alphabet: no I, L, O, U. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const groupChars = 4;
const groups = 9;
const keyChars = 32;
const textChars = groups * groupChars;
const checksumLabel = utf8("owl1/recovery-checksum");

/** Nine groups of four: 32 characters of key and 4 of checksum. */
export function exposeRecoveryKeyText(recoveryKey: RecoveryKey): string {
  const bytes = recoveryKey.exposeSecretBytes();
  const text = base32crockford.encode(bytes) + checksum(bytes);
  return Array.from({ length: groups }, (_, i) => text.slice(i * groupChars, (i + 1) * groupChars)).join("-");
}

/**
 * Forgives case, spaces, dashes, and O, I, L for 0, 1, 1. Anything else is refused, and `details.group` (1 to 9) says where
 * when the text shows it; a checksum that fails does not, and nothing is guessed.
 */
export function parseRecoveryKey(text: string): RecoveryKey {
  const parts = text.split(/[\s\u002d\u2010-\u2015\u2212]+/u).filter((part) => part !== "");
  const chars = parts.flatMap((part) => [...part]);
  // Where the person's own groups are nine, they say where something is; else only a text of full length does.
  const groupOfChar =
    parts.length === groups
      ? parts.flatMap((part, i) => [...part].map(() => i + 1))
      : chars.length === textChars
        ? chars.map((_, i) => Math.floor(i / groupChars) + 1)
        : [];
  const clean = chars.map(canonicalChar);
  const unknown = clean.indexOf(null);
  if (unknown !== -1) throw invalid("character", "a character that no recovery key has", groupOfChar[unknown]);
  if (parts.length === groups) {
    const odd = parts.findIndex((part) => [...part].length !== groupChars);
    if (odd !== -1) throw invalid("length", `a group has ${groupChars} characters`, odd + 1);
  }
  if (clean.length !== textChars) {
    throw invalid("length", `a recovery key has ${textChars} characters, this one ${clean.length}`);
  }
  const bytes = base32crockford.decode(clean.slice(0, keyChars).join(""));
  if (checksum(bytes) !== clean.slice(keyChars).join("")) {
    throw invalid("checksum", "one or more characters are wrong");
  }
  return new RecoveryKey(bytes);
}

/** The first 20 bits of a labelled hash, as four characters. */
function checksum(bytes: Uint8Array): string {
  return base32crockford.encode(sha256(concat(checksumLabel, bytes)).subarray(0, 3)).slice(0, groupChars);
}

/** By hand for ASCII alone: other scripts have letters whose upper case is I. */
function canonicalChar(char: string): string | null {
  if (char === "O" || char === "o") return "0";
  if ("IiLl".includes(char)) return "1";
  const upper = /^[a-z]$/.test(char) ? char.toUpperCase() : char;
  return alphabet.includes(upper) ? upper : null;
}

function invalid(reason: "character" | "length" | "checksum", message: string, group?: number): CryptoError {
  const details = group === undefined ? { reason } : { reason, group };
  return new CryptoError("INVALID_RECOVERY_KEY", group === undefined ? message : `group ${group}: ${message}`, details);
}
