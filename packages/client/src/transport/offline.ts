import { SyncError } from "../errors.ts";

/**
 * The platform's error may quote what was sent and is dropped; its code (ECONNREFUSED, CERT_HAS_EXPIRED) tells an operator
 * what is wrong.
 */
export function offline(error: unknown): SyncError {
  const reason = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return typeof reason === "string" && /^[A-Z][A-Z0-9_]{1,63}$/.test(reason)
    ? new SyncError("OFFLINE", { details: { reason } })
    : new SyncError("OFFLINE");
}
