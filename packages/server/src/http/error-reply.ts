import { errorTable, type ErrorCode, type ErrorReply } from "@owlivion/sync-protocol";
import type { FastifyError } from "fastify";
import { classifyDatabaseError } from "../db/classify-database-error.ts";
import { PoolExhaustedError } from "../db/pool-exhausted-error.ts";
import { ApiError } from "../errors.ts";

/** Fastify's own errors that a caller can cause, by their code. */
const fastifyCodes: Record<string, ErrorCode> = {
  FST_ERR_VALIDATION: "INVALID_REQUEST",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
  FST_ERR_CTP_BODY_TOO_LARGE: "BODY_TOO_LARGE",
  FST_ERR_CTP_EMPTY_JSON_BODY: "INVALID_JSON",
  FST_ERR_CTP_INVALID_JSON_BODY: "INVALID_JSON",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "INVALID_REQUEST",
  FST_ERR_BAD_URL: "NOT_FOUND",
  FST_ERR_MAX_PARAM_LENGTH: "NOT_FOUND",
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: "NOT_FOUND", // of QUERY, which no route takes
};

const databaseCodes = {
  unavailable: "DATABASE_UNAVAILABLE",
  readonly: "DATABASE_UNAVAILABLE",
  timeout: "OVERLOADED",
  retryable: "OVERLOADED",
  "disk-full": "STORAGE_FULL",
  other: "INTERNAL_ERROR",
} as const satisfies Record<string, ErrorCode>;

/** Every failure becomes one of the codes of the error table; what is not foreseen is INTERNAL_ERROR and logged. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof PoolExhaustedError) return new ApiError("OVERLOADED", { retryAfterSeconds: 1, cause: error });
  const fastify = error as Partial<FastifyError>;
  const known = fastify.code === undefined ? undefined : fastifyCodes[fastify.code];
  if (known === "INVALID_REQUEST") {
    const details = fastify.validation?.map((problem) => ({
      field: `${fastify.validationContext ?? ""}${problem.instancePath}`,
      problem: problem.message ?? "is not valid",
    }));
    return new ApiError("INVALID_REQUEST", { details: details ?? [], cause: error });
  }
  if (known !== undefined) return new ApiError(known, { cause: error });
  const code = databaseCodes[classifyDatabaseError(error)];
  return new ApiError(code, {
    ...(errorTable[code].status === 503 ? { retryAfterSeconds: 1 } : {}),
    cause: error,
  });
}

/** The one form of every failure, whatever carries it. */
export function renderError(error: ApiError): { status: number; headers: Record<string, string>; body: string } {
  const body: ErrorReply = { success: false, error: error.message, code: error.code };
  if (error.details !== undefined) body.details = error.details;
  return {
    status: error.status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      ...(error.retryAfterSeconds === undefined ? {} : { "retry-after": String(Math.ceil(error.retryAfterSeconds)) }),
    },
    body: JSON.stringify(body),
  };
}
