import { isSyncError, SyncError, type ClientErrorCode } from "../../errors.ts";

/** Names of DOMExceptions: https://w3c.github.io/IndexedDB/#exceptions */
const codes: Readonly<Record<string, ClientErrorCode>> = {
  QuotaExceededError: "STORE_FULL",
  VersionError: "STORE_NEWER",
  // Mistakes of whoever uses the transaction.
  DataCloneError: "INTERNAL",
  DataError: "INTERNAL",
  NotFoundError: "INTERNAL",
  TransactionInactiveError: "INTERNAL",
};

/** What IndexedDB threw, as an error with a code; anything else as it is. */
export function storeError(error: unknown): unknown {
  if (isSyncError(error) || !isDomException(error)) return error;
  return new SyncError(codes[error.name] ?? "STORE_UNREADABLE", { cause: error });
}

function isDomException(error: unknown): error is DOMException {
  return error instanceof DOMException || (error instanceof Error && error.name in codes);
}
