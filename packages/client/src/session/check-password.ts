import { limits, normalizeEmail } from "@owlivion/sync-protocol";
import { SyncError } from "../errors.ts";
import { commonPasswords } from "./common-passwords.ts";

const minChars = 12;
/** What must be left of a password beside the person's own address. */
const minOtherChars = 8;
const minDistinctChars = 5;

const utf8 = new TextEncoder();

/** Why a new password is refused. */
export type PasswordProblem = "broken" | "too_short" | "too_long" | "common" | "own_address";

const meanings: Readonly<Record<PasswordProblem, string>> = {
  broken: "The password has a broken character; type it anew.",
  too_short: `The password is too short: take at least ${minChars} characters, for example four words.`,
  too_long: `The password is too long: at most ${limits.maxSecretBytes} bytes.`,
  common: "This password is one of the first that are tried; take words that do not belong together.",
  own_address: "The password is hardly more than the e-mail address; take something that nobody knows.",
};

/**
 * Throws WEAK_PASSWORD, with what to do and the problem in `details`, for a new password that somebody would guess. The server never
 * sees it, so only we can tell.
 */
export function checkNewPassword(password: string, email: string): void {
  const problem = passwordProblem(password, email);
  if (problem !== null) throw new SyncError("WEAK_PASSWORD", { message: meanings[problem], details: { problem } });
}

/** For a form, while it is typed; null: it is taken. */
export function passwordProblem(password: string, email: string): PasswordProblem | null {
  if (!password.isWellFormed()) return "broken";
  // What is hashed (NFKC), so that a character counts as what it is taken for.
  const text = password.normalize("NFKC");
  if ([...text].length < minChars) return "too_short";
  if (utf8.encode(text).length > limits.maxSecretBytes) return "too_long";
  const plain = text.toLowerCase().replaceAll(/\s/gu, "");
  if (commonPasswords.has(plain) || isMonotonous(plain)) return "common";
  if (isOwnAddress(plain, normalizeEmail(email))) return "own_address";
  return null;
}

export type PasswordStrength = "refused" | "fair" | "good" | "strong";

/** How long it would hold out, roughly: by its length, and less when it repeats itself. A hint while it is typed, and no promise. */
export function passwordStrength(password: string, email: string): PasswordStrength {
  if (passwordProblem(password, email) !== null) return "refused";
  const chars = [...password.normalize("NFKC")];
  const worth = Math.min(chars.length, new Set(chars).size * 2);
  return worth >= 20 ? "strong" : worth >= 16 ? "good" : "fair";
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
