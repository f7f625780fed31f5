import { errorTable, type ErrorCode } from "@owlivion/sync-protocol";

export interface ApiErrorOptions {
  /** Instead of the table's text; for a person, never a database message, an e-mail address or a record id. */
  message?: string;
  details?: unknown;
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** A failure with a defined answer: thrown anywhere below a route, rendered once by http/error-handler.ts. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: unknown;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: ApiErrorOptions = {}) {
    super(options.message ?? errorTable[code].meaning, { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = errorTable[code].status;
    this.details = options.details;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
