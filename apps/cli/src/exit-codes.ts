import { isSyncError, type SyncError } from "@owlivion/sync-client";

/** What a script learns from a command's end; the table in `owlivion --help` says the same. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  offline: 4,
  attention: 5,
  /** As shells say it: 128 and the signal's number. */
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Nobody is signed in here, or what somebody signs in with was refused. */
const signInCodes = new Set<string>([
  "NOT_SIGNED_IN",
  "LOCKED",
  "KEY_UNAVAILABLE",
  "WRONG_PASSWORD",
  "WRONG_RECOVERY_KEY",
  "INVALID_RECOVERY_KEY",
  "INVALID_CREDENTIALS",
  "AUTHENTICATION_REQUIRED",
  "INVALID_TOKEN",
  "TOKEN_EXPIRED",
  "SESSION_REVOKED",
  "INVALID_REFRESH_TOKEN",
  "REAUTH_REQUIRED",
  "ACCOUNT_DISABLED",
]);

const usageCodes = new Set<string>([
  "INSECURE_URL",
  "UNKNOWN_DATA_TYPE",
  "INVALID_RECORD",
  "INVALID_RECORD_ID",
  "SECRET_FIELD",
  "WEAK_PASSWORD",
  "ALREADY_SIGNED_IN",
]);

/** Of this machine, though trying again helps. */
const localCodes = new Set<string>(["STORE_LOCKED", "INTERNAL"]);

export function exitCodeOf(error: unknown): ExitCode {
  if (!isSyncError(error)) return exitCodes.failed;
  if (signInCodes.has(error.code)) return exitCodes.notSignedIn;
  if (usageCodes.has(error.code)) return exitCodes.usage;
  return isOffline(error) ? exitCodes.offline : exitCodes.failed;
}

/** The server cannot be reached, or asks for patience: the same command later goes on. */
const isOffline = ({ code, retry }: SyncError): boolean => retry === "retry" && !localCodes.has(code);
