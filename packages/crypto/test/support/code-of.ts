import { isCryptoError } from "@owlivion/sync-crypto";

/** The code an operation fails with, or "accepted": any other error is thrown on. */
export async function codeOf(operation: () => unknown): Promise<string> {
  try {
    await operation();
  } catch (error) {
    if (isCryptoError(error)) return error.code;
    throw error;
  }
  return "accepted";
}
