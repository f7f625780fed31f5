import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import { renderError, toApiError } from "./error-reply.ts";
import { FailureLog } from "./failure-log.ts";
import { securityHeaders } from "./security.ts";

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
  const { status, headers, body } = renderError(error);
  return reply.code(status).headers(headers).send(body);
}
