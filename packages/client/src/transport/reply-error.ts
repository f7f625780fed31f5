import { changeErrorTable, type ChangeErrorCode, type ErrorCode, errorTable, limits } from "@owlivion/sync-protocol";
import * as v from "valibot";
import { SyncError, type SyncErrorOptions } from "../errors.ts";
import { epochChange } from "./delta-schemas.ts";
import * as f from "./field-schemas.ts";
import { readHttpDate } from "./read-http-date.ts";
import type { EpochChange } from "./replies.ts";

/** What is known of a reply that is no success. */
export interface FailedReply {
  readonly status: number;
  /** Parsed JSON; undefined when the body is none. */
  readonly body: unknown;
  /** Whether it calls itself JSON: then it is the server's, and a body that is none was cut or damaged on its way. */
  readonly isJson: boolean;
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;
}

const errorBody = v.object({ success: v.literal(false), code: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{0,63}$/)) });

/** Every reply that is no success, as an error with a code. Nothing of the reply's text gets into its message. */
export function errorOfReply(reply: FailedReply): SyncError {
  const options: SyncErrorOptions = {
    ...(reply.retryAfterMs === null ? {} : { retryAfterMs: reply.retryAfterMs }),
    ...(reply.requestId === null ? {} : { requestId: reply.requestId }),
  };
  const parsed = v.safeParse(errorBody, reply.body);
  if (!parsed.success) {
    const isDamaged = reply.isJson && reply.body === undefined && !isPassing(reply.status);
    return isDamaged ? new SyncError("INVALID_REPLY", options) : errorOfStranger(reply.status, options);
  }
  const { code } = parsed.output;
  if (!Object.hasOwn(errorTable, code)) return errorOfUnknownCode(reply.status, code, options);
  return errorOfCode(code as ErrorCode, (reply.body as { details?: unknown }).details, options);
}

/** Of this status nothing but the time to wait matters. */
const isPassing = (status: number): boolean => status >= 500 || status === 408 || status === 429;

const changeError = v.object({ index: v.pipe(f.count, v.maxValue(limits.maxBatchChanges - 1)), code: f.text(64) });
const changeErrors = v.pipe(v.array(changeError), v.minLength(1), v.maxLength(limits.maxBatchChanges));
const keysChanged = v.object({ version: f.positive });

/** `details` are kept where a client needs them, and only in the form it expects. */
function errorOfCode(code: ErrorCode, details: unknown, options: SyncErrorOptions): SyncError {
  const schema = { EPOCH_CHANGED: epochChange, INVALID_CHANGES: changeErrors, KEYS_CHANGED: keysChanged }[
    code as string
  ];
  if (schema === undefined) return new SyncError(code, options);
  const parsed = v.safeParse(schema, details);
  if (!parsed.success) return new SyncError("INVALID_REPLY", options);
  return new SyncError(code, { ...options, details: parsed.output });
}

/** A newer server's code: what to do with it is told by its class of status. */
function errorOfUnknownCode(status: number, unknown: string, options: SyncErrorOptions): SyncError {
  const code = codeOfStatus(status) ?? (status >= 500 ? "INTERNAL_ERROR" : "INVALID_REQUEST");
  return new SyncError(code, { ...options, message: `The server refuses it: ${unknown}.` });
}

/** Somebody between us and the server answers, or something that is no server of ours. */
function errorOfStranger(status: number, options: SyncErrorOptions): SyncError {
  const code = codeOfStatus(status) ?? (status >= 500 ? "OVERLOADED" : null);
  if (code === null || code === "AUTHENTICATION_REQUIRED") return new SyncError("NOT_A_SYNC_SERVER", options);
  return new SyncError(code, { ...options, message: `Something before the server answers with status ${status}.` });
}

function codeOfStatus(status: number): ErrorCode | null {
  switch (status) {
    case 401:
      return "AUTHENTICATION_REQUIRED";
    case 408:
      return "REQUEST_TIMEOUT";
    case 413:
      return "BODY_TOO_LARGE";
    case 429:
      return "RATE_LIMITED";
    case 503:
      return "OVERLOADED";
    case 507:
      return "STORAGE_FULL";
    default:
      return null;
  }
}

/** Where the epochs began; null for any other error. */
export function epochChangeOf(error: unknown): EpochChange | null {
  return error instanceof SyncError && error.code === "EPOCH_CHANGED" ? (error.details as EpochChange) : null;
}

/** Which changes of a batch the server refuses, by index; empty for any other error. */
export function refusedChangesOf(
  error: unknown,
): readonly { readonly index: number; readonly code: ChangeErrorCode }[] {
  if (!(error instanceof SyncError) || error.code !== "INVALID_CHANGES") return [];
  return (error.details as { index: number; code: string }[]).map(({ index, code }) => ({
    index,
    code: Object.hasOwn(changeErrorTable, code) ? (code as ChangeErrorCode) : "INVALID_CHANGE",
  }));
}

/** `Retry-After`: seconds, or a date against the reply's own `Date`. Null when it is absent or makes no sense. */
export function readRetryAfter(header: string | null, dateHeader: string | null): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const ms = readHttpDate(header) - readHttpDate(dateHeader);
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
}
