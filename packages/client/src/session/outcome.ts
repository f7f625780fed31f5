import type { SyncError } from "../errors.ts";

/** Whether the server may have done what it was asked, although no success came back. */
export function isOutcomeUnknown(error: SyncError): boolean {
  if (error.code === "CANCELLED") return true;
  return error.retry === "retry" && error.code !== "RATE_LIMITED" && error.code !== "TOO_MANY_ATTEMPTS";
}
