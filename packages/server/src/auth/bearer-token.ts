import { ApiError } from "../errors.ts";

/** Longer than any token of ours; what is longer is not worth a look. */
const maxTokenChars = 2048;

/** The token of an `Authorization: Bearer` header; AUTHENTICATION_REQUIRED when there is none. */
export function readBearerToken(header: string | undefined): string {
  if (header === undefined) throw new ApiError("AUTHENTICATION_REQUIRED");
  const match = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header.slice(0, maxTokenChars + 1));
  if (match?.[1] === undefined) throw new ApiError("AUTHENTICATION_REQUIRED");
  if (header.length > maxTokenChars) throw new ApiError("INVALID_TOKEN");
  return match[1];
}
