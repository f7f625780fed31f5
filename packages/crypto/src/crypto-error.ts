/**
 * What a caller branches on. A code never changes its meaning; messages may. No message holds a secret or a plaintext.
 *
 * - `UNKNOWN_SUITE`         made by something newer, or a downgrade; nothing was derived or opened
 * - `UNKNOWN_KEY_EPOCH`     the keyring has no key of that epoch; keys may arrive later
 * - `INVALID_ENVELOPE`      the bytes cannot be an envelope; nothing was decrypted
 * - `TAMPERED`              authentication failed: changed, moved to another place, or sealed with another key
 * - `CONTENT_INVALID`       authentic, but not the canonical form of any content
 * - `INVALID_WRAP`          the bytes cannot be a wrap of this purpose; nothing was decrypted
 * - `WRONG_KEY`             the password or recovery key is not the one this wrap was made with
 * - `RECORD_TOO_LARGE`      the content does not fit into an envelope; `details` has `bytes` and `maxBytes`
 * - `INVALID_RECOVERY_KEY`  the text is no recovery key; `details` has `reason`, and `group` when that is known
 * - `INVALID_BLOB`          the bytes cannot be a sealed blob
 * - `INVALID_VALUE`         an argument is outside of what the format can hold: a mistake of the caller
 * - `SECRET_WIPED`          the key was wiped and can no longer be used
 */
export type CryptoErrorCode =
  | "UNKNOWN_SUITE"
  | "UNKNOWN_KEY_EPOCH"
  | "INVALID_ENVELOPE"
  | "TAMPERED"
  | "CONTENT_INVALID"
  | "INVALID_WRAP"
  | "WRONG_KEY"
  | "RECORD_TOO_LARGE"
  | "INVALID_RECOVERY_KEY"
  | "INVALID_BLOB"
  | "INVALID_VALUE"
  | "SECRET_WIPED";

export type CryptoErrorDetails = Readonly<Record<string, string | number>>;

export class CryptoError extends Error {
  override readonly name = "CryptoError";
  readonly code: CryptoErrorCode;
  readonly details: CryptoErrorDetails;

  constructor(code: CryptoErrorCode, message: string, details: CryptoErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export function isCryptoError(error: unknown): error is CryptoError {
  return error instanceof CryptoError;
}
