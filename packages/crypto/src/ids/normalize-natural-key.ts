/**
 * The form in which natural keys are compared: NFC, trimmed, lower case. Idempotent: lowering may leave a decomposed letter.
 */
export function normalizeNaturalKey(naturalKey: string): string {
  return naturalKey.normalize("NFC").trim().toLowerCase().normalize("NFC");
}
