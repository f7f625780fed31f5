/**
 * What a log line may hold. A request is its route, not its address: that has record ids and cursors in it. An error is
 * without PostgreSQL's `detail`, which quotes the row: e-mail addresses, record ids.
 */
export const logSerializers = { req: serializeRequest, err: serializeError };

type LoggedRequest = { method: string; routeOptions: { url?: string | undefined } };

function serializeRequest({ method, routeOptions }: LoggedRequest): Record<string, unknown> {
  return { method, route: routeOptions.url ?? "none" };
}

type LoggedError = { type: string; message: string; code?: unknown; stack?: string; cause?: LoggedError };

export function serializeError(error: unknown): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  return {
    type: error.name,
    message: error.message,
    ...("code" in error ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}
