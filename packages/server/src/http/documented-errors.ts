import { ErrorReply, errorTable, Strict, type ErrorCode } from "@owlivion/sync-protocol";
import Type, { type TSchema } from "typebox";

/** What a route may answer whatever it does; `errors` adds them. */
const everywhere: readonly ErrorCode[] = [
  "INTERNAL_ERROR",
  "DATABASE_UNAVAILABLE",
  "OVERLOADED",
  "SHUTTING_DOWN",
  "STORAGE_FULL",
];

/** Of a route with the `authenticate` hook: `errors(...sessionErrors, "NO_DATA")`. */
export const sessionErrors = [
  "AUTHENTICATION_REQUIRED",
  "INVALID_TOKEN",
  "TOKEN_EXPIRED",
  "SESSION_REVOKED",
  "RATE_LIMITED",
] as const satisfies readonly ErrorCode[];

/** Of a route that reads a body. */
export const bodyErrors = [
  "INVALID_REQUEST",
  "INVALID_JSON",
  "REQUEST_TIMEOUT",
  "BODY_TOO_LARGE",
  "UNSUPPORTED_MEDIA_TYPE",
] as const satisfies readonly ErrorCode[];

/**
 * The error replies of a route for its `schema.response`, by status, from the error table:
 * `response: { 200: LoginReply, ...errors(...bodyErrors, "INVALID_CREDENTIALS", "RATE_LIMITED") }`.
 */
export function errors(...codes: readonly ErrorCode[]): Record<number, TSchema> {
  const codesByStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...codes, ...everywhere])) {
    const { status } = errorTable[code];
    codesByStatus.set(status, [...(codesByStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...codesByStatus].map(([status, ofStatus]) => [status, errorReply(ofStatus)]));
}

function errorReply(codes: readonly ErrorCode[]): TSchema {
  return Strict(
    { ...ErrorReply.properties, code: Type.Enum([...codes]) },
    { description: codes.map((code) => `\`${code}\`: ${errorTable[code].meaning}`).join("\n\n") },
  );
}
