import { limits, normalizeEmail } from "@owlivion/sync-protocol";
import { SyncError } from "../errors.ts";

/** The address in the form that accounts are found by; keys are derived with it too. */
export function checkEmail(text: string): string {
  const email = normalizeEmail(text);
  // The server's rule: something, an @, something; no spaces or control characters.
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const isAddress = /^[^\s@\u0000-\u001f\u007f]+@[^\s@\u0000-\u001f\u007f]+$/.test(email);
  if (!isAddress || !email.isWellFormed() || email.length > limits.maxEmailChars) {
    throw new SyncError("INVALID_REQUEST", { message: "This is not an e-mail address." });
  }
  return email;
}
