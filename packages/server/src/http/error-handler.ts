import { errorTable, type ErrorCode, type ErrorReply } from "@owlivion/sync-protocol";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { classifyDatabaseError, PoolExhaustedError } from "../db/pool.ts";
import { ApiError } from "../errors.ts";
import { FailureLog } from "./failure-log.ts";
import { securityHeaders } from "./security.ts";

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

export function installErrorHandler(app: FastifyInstance): void {
  const failures = new FailureLog();
  app.setErrorHandler((error, request, reply) => {
    const known = toApiError(error);
    if (known.status >= 500) failures.report(request.log, known);
    return sendError(request, reply, known);
  });
  app.setNotFoundHandler((request, reply) => sendError(request, reply, new ApiError("NOT_FOUND")));
}

/** For what Fastify refuses before it looks for a route, with none of the hooks: a URL that cannot be decoded. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(securityHeaders).header("x-request-id", request.id);
  sendError(request, reply, toApiError(error));
}

/**
 * What Node would refuse with an empty answer of its own: a request without `Host` gets a code like any other, and an
 * `Expect` that nobody knows is no reason to refuse (RFC 9110, 10.1.1).
 */
export function acceptOddHeaders(app: FastifyInstance): void {
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));
  app.addHook("onRequest", async ({ headers, raw }) => {
    if (headers.host !== undefined || raw.httpVersion === "1.0") return;
    throw new ApiError("INVALID_REQUEST", { details: [{ field: "headers/host", problem: "is missing" }] });
  });
}

function sendError(request: FastifyRequest, reply: FastifyReply, error: ApiError): FastifyReply {
  if (error.status < 500) request.log.debug({ code: error.code }, "request refused");
  if (error.retryAfterSeconds !== undefined) reply.header("retry-after", String(Math.ceil(error.retryAfterSeconds)));
  const body: ErrorReply = { success: false, error: error.message, code: error.code };
  if (error.details !== undefined) body.details = error.details;
  return reply.code(error.status).type("application/json; charset=utf-8").send(JSON.stringify(body));
}
