import { errorCode } from "../error-code.ts";

/**
 * What a failure of the database means for the caller:
 * `unavailable` no connection, or it broke (whether a COMMIT in flight took effect is unknown); `timeout` a statement, a lock
 * or an idle transaction took too long; `retryable` rolled back in favour of another transaction; `readonly` a standby;
 * `disk-full`; `other` a mistake, ours or the data's.
 */
export type DatabaseFailure = "unavailable" | "timeout" | "retryable" | "readonly" | "disk-full" | "other";

const failureByCode: Readonly<Record<string, DatabaseFailure>> = {
  "40001": "retryable", // serialization_failure
  "40P01": "retryable", // deadlock_detected
  "57014": "timeout", // query_canceled: statement_timeout
  "55P03": "timeout", // lock_not_available: lock_timeout
  "25P03": "timeout", // idle_in_transaction_session_timeout
  "25P04": "timeout", // transaction_timeout
  "25006": "readonly", // read_only_sql_transaction: a standby after a failover
  "53100": "disk-full",
  "53300": "unavailable", // too_many_connections
  "57P01": "unavailable", // admin_shutdown
  "57P02": "unavailable", // crash_shutdown
  "57P03": "unavailable", // cannot_connect_now: starting or stopping
  "57P04": "unavailable", // database_dropped
  "57P05": "unavailable", // idle_session_timeout
  ECONNREFUSED: "unavailable",
  ECONNRESET: "unavailable",
  EPIPE: "unavailable",
  ETIMEDOUT: "unavailable",
  EHOSTUNREACH: "unavailable",
  ENETUNREACH: "unavailable",
  ENOTFOUND: "unavailable",
  EAI_AGAIN: "unavailable",
};

/** No answer in time. The connection still waits for it, and takes nothing else. */
const unanswered = /^Query read timeout$/;

export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && unanswered.test(error.message);
}

/** What the driver says without a code. */
const lostConnectionMessages = [
  /^Connection terminated/,
  /is not queryable$/, // The client broke or was closed before this query.
  /^timeout expired$/, // No connection in time.
  unanswered,
];

export function classifyDatabaseError(error: unknown): DatabaseFailure {
  const code = errorCode(error);
  if (code !== undefined) {
    if (code.startsWith("08")) return "unavailable"; // connection_exception
    if (code === "ENOENT") return isSocketMissing(error) ? "unavailable" : "other";
    return failureByCode[code] ?? "other";
  }
  const message = error instanceof Error ? error.message : "";
  return lostConnectionMessages.some((pattern) => pattern.test(message)) ? "unavailable" : "other";
}

/** The socket file is gone while PostgreSQL is; any other missing file is no matter of the database. */
function isSocketMissing(error: unknown): boolean {
  return typeof error === "object" && error !== null && "syscall" in error && error.syscall === "connect";
}
