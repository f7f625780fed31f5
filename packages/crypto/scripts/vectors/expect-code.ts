import { isCryptoError, type CryptoErrorCode } from "@owlivion/sync-crypto";

/** The code that an operation refuses with. A vector is wrong when it is accepted, or refused with a code not foreseen. */
export function codeOf(name: string, foreseen: readonly CryptoErrorCode[], operation: () => unknown): CryptoErrorCode {
  try {
    operation();
  } catch (error) {
    if (isCryptoError(error) && foreseen.includes(error.code)) return error.code;
    throw new Error(`${name}: not foreseen`, { cause: error });
  }
  throw new Error(`${name}: accepted`);
}
