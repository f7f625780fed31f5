/**
 * The form in which e-mail addresses are stored and compared, and which the SDK derives keys with: trimmed, NFC, lower
 * case; nothing else, so that no two mailboxes are taken for one. Idempotent: lowering may leave a decomposed letter.
 */
export function normalizeEmail(email: string): string {
  return email.trim().normalize("NFC").toLowerCase().normalize("NFC");
}
