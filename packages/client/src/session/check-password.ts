import { limits, normalizeEmail } from "@owlivion/sync-protocol";
import { SyncError } from "../errors.ts";
import { commonPasswords } from "./common-passwords.ts";

const minChars = 12;
/** What must be left of a password beside the person's own address. */
const minOtherChars = 8;
const minDistinctChars = 5;

const utf8 = new TextEncoder();

/** Throws WEAK_PASSWORD, with what to do, for a new password that somebody would guess. The server never sees it, so only we can tell. */
export function checkNewPassword(password: string, email: string): void {
  const problem = problemOf(password, email);
  if (problem !== null) throw new SyncError("WEAK_PASSWORD", { message: problem });
}

function problemOf(password: string, email: string): string | null {
  if (!password.isWellFormed()) return "The password has a broken character; type it anew.";
  // What is hashed (NFKC), so that a character counts as what it is taken for.
  const text = password.normalize("NFKC");
  if ([...text].length < minChars) {
    return `The password is too short: take at least ${minChars} characters, for example four words.`;
  }
  if (utf8.encode(text).length > limits.maxSecretBytes) {
    return `The password is too long: at most ${limits.maxSecretBytes} bytes.`;
  }
  const plain = text.toLowerCase().replaceAll(/\s/gu, "");
  if (commonPasswords.has(plain) || isMonotonous(plain)) {
    return "This password is one of the first that are tried; take words that do not belong together.";
  }
  if (isOwnAddress(plain, normalizeEmail(email))) {
    return "The password is hardly more than the e-mail address; take something that nobody knows.";
  }
  return null;
}

/** A few characters repeated, or all in a row: `aaaaaaaaaaaa`, `123123123123`, `abcdefghijkl`. */
function isMonotonous(plain: string): boolean {
  const chars = [...plain].map((char) => char.codePointAt(0)!);
  if (new Set(chars).size < minDistinctChars) return true;
  const step = chars[1]! - chars[0]!;
  return Math.abs(step) === 1 && chars.every((char, i) => char === chars[0]! + i * step);
}

function isOwnAddress(plain: string, email: string): boolean {
  const [name = ""] = email.split("@");
  const own = plain.includes(email) ? email : name.length >= 4 && plain.includes(name) ? name : "";
  return own !== "" && [...plain.replaceAll(own, "")].length < minOtherChars;
}
