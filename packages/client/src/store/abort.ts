import { SyncError } from "../errors.ts";

/** What a wait ends with when its signal aborts: the signal's own SyncError, or CANCELLED. */
export function abortError(signal: AbortSignal): SyncError {
  const reason: unknown = signal.reason;
  return reason instanceof SyncError ? reason : new SyncError("CANCELLED", { cause: reason });
}

/** The store closes, or the caller does not want to wait any more. */
export function eitherSignal(closing: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? closing : AbortSignal.any([closing, signal]);
}
