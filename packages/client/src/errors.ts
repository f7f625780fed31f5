import { errorTable, type ErrorCode, type RetryClass } from "@owlivion/sync-protocol";

interface ClientErrorEntry {
  readonly retry: RetryClass;
  /** For a person: what happened, and what to do. */
  readonly meaning: string;
}

const entry = (retry: RetryClass, meaning: string): ClientErrorEntry => ({ retry, meaning });

/** Codes of failures that no server's reply tells; the server's own are in the protocol's table. */
export const clientErrorTable = {
  OFFLINE: entry("retry", "The server cannot be reached. Edits are kept and sent as soon as it can."),
  TIMEOUT: entry("retry", "The server took too long to answer. It is asked again."),
  NOT_A_SYNC_SERVER: entry(
    "retry",
    "What answers at this address is no Owlivion Sync server: a wrong address, a proxy or a sign-in page of the network.",
  ),
  INVALID_REPLY: entry("retry", "The server's answer breaks the protocol; nothing of it was taken over."),
  INSECURE_URL: entry("fix", "The server's address must begin with https://; http:// is for this machine alone."),
  CANCELLED: entry("fix", "It was cancelled."),
  SYNC_CLOSED: entry("fix", "This sync was closed."),
  NOT_SIGNED_IN: entry("person", "Sign in first."),
  ALREADY_SIGNED_IN: entry("fix", "This device is signed in; sign out first."),
  LOCKED: entry("person", "The keys are locked; unlock with the password first."),
  WRONG_PASSWORD: entry("person", "The password is wrong."),
  WRONG_RECOVERY_KEY: entry("person", "The recovery key is not the one of this account."),
  INVALID_RECOVERY_KEY: entry("person", "This is not a recovery key: a character is wrong or missing."),
  RECOVERY_KEY_NOT_CONFIRMED: entry("person", "The parts of the recovery key that were asked for do not agree."),
  WEAK_PASSWORD: entry("person", "The password is too short or one of the most common."),
  UNKNOWN_SUITE: entry("person", "The server demands another way of deriving keys than this account was made with."),
  ACCOUNT_CHANGED: entry("person", "The server answers for another account than the one this device belongs to."),
  KEYS_TAMPERED: entry("person", "The account's keys on the server were tampered with; nothing was taken over."),
  ACCOUNT_MISMATCH: entry("person", "This device holds the data of another account; sign in to that one or erase it."),
  UNSENT_EDITS: entry("person", "There are edits that were not sent yet."),
  UNKNOWN_DATA_TYPE: entry("fix", "The data type is not one of those given to openSync."),
  INVALID_RECORD: entry("fix", "A record is a plain object of JSON values."),
  INVALID_RECORD_ID: entry("fix", "An id has 1 to 255 characters, none of them a control character."),
  SECRET_FIELD: entry("fix", "The record has a secret field, and this app does not sync secrets."),
  RECORD_NOT_FOUND: entry("fix", "There is no such record."),
  RECORD_TOO_LARGE: entry("fix", "The record is larger than 256 KiB when sealed."),
  CONFLICT_NOT_FOUND: entry("fix", "There is no such conflict, or it was resolved."),
  UNREADABLE_RECORD: entry("person", "The record cannot be opened with this account's keys; it is kept as it is."),
  NOTHING_TO_CONFIRM: entry("fix", "No deletions wait for a decision."),
  VERSION_NOT_FOUND: entry("fix", "The record's history has no such version."),
  UNSUPPORTED_EXPORT: entry("person", "The export was written by a newer version; update this one."),
  PASSWORD_NEEDED: entry("person", "The export is sealed; it opens with the password it was made with."),
  INVALID_EXPORT: entry("fix", "This is not an export of Owlivion Sync, or a part of it is missing."),
  STORE_FULL: entry("person", "The device has no room left; nothing was changed."),
  STORE_UNREADABLE: entry("person", "The local store cannot be read or written."),
  STORE_CLOSED: entry("fix", "The local store was closed."),
  STORE_NEWER: entry("person", "The local store was written by a newer version; update this one."),
  STORE_LOCKED: entry("retry", "Another process holds the local store."),
  KEY_UNAVAILABLE: entry("person", "This device's own key is gone; sign in again."),
  INTERNAL: entry("retry", "The SDK made a mistake. Nothing was lost; please report it."),
} as const satisfies Record<string, ClientErrorEntry>;

export type ClientErrorCode = keyof typeof clientErrorTable;
export type SyncErrorCode = ClientErrorCode | ErrorCode;

export interface SyncErrorOptions extends ErrorOptions {
  /** Instead of the table's. */
  readonly message?: string;
  readonly details?: unknown;
  /** Of the server's `Retry-After`. */
  readonly retryAfterMs?: number;
  /** The server's `x-request-id`, for its operator. */
  readonly requestId?: string;
}

/** Every failure of the SDK: a stable code, a message for a person, and whether trying again helps. */
export class SyncError extends Error {
  override readonly name = "SyncError";
  readonly code: SyncErrorCode;
  readonly retry: RetryClass;
  readonly details: unknown;
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;

  constructor(code: SyncErrorCode, options: SyncErrorOptions = {}) {
    super(options.message ?? meaningOf(code), options);
    this.code = code;
    this.retry =
      code in clientErrorTable ? clientErrorTable[code as ClientErrorCode].retry : errorTable[code as ErrorCode].retry;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.requestId = options.requestId ?? null;
  }
}

export const isSyncError = (error: unknown, code?: SyncErrorCode): error is SyncError =>
  error instanceof SyncError && (code === undefined || error.code === code);

/** Whatever was thrown, as an error with a code. */
export function toSyncError(error: unknown): SyncError {
  if (error instanceof SyncError) return error;
  return new SyncError("INTERNAL", { cause: error });
}

function meaningOf(code: SyncErrorCode): string {
  return code in clientErrorTable
    ? clientErrorTable[code as ClientErrorCode].meaning
    : errorTable[code as ErrorCode].meaning;
}
