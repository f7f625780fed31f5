import { limits } from "@owlivion/sync-protocol";
import * as v from "valibot";
import { fromBase64 } from "./base64.ts";

/** Schemas of single fields. Objects ignore what they do not know: a newer server may say more. */

export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const uuid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/));
/** RFC 3339 in UTC, as a server of ours writes it. */
export const instant = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z$/));
export const dataTypeName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,31}$/));
/** It goes back into a URL: base64url, nothing that could mean more there. */
export const cursor = v.pipe(v.string(), v.regex(/^[\w.~-]{1,256}$/));
/** It goes back into a header. */
export const accessToken = v.pipe(v.string(), v.regex(/^[\w.~+/=-]{1,4096}$/));
export const refreshToken = v.pipe(v.string(), v.regex(/^[\w.~+/=-]{1,128}$/));
export const text = (maxLength: number) => v.pipe(v.string(), v.maxLength(maxLength));

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
export const recordId = v.pipe(
  v.string(),
  v.check(
    (id) =>
      id !== "" &&
      (id.length <= limits.maxRecordIdChars || [...id].length <= limits.maxRecordIdChars) &&
      !controlCharacter.test(id) &&
      id.isWellFormed(),
  ),
);

/** A byte string of CBOR or the base64 of JSON. */
export const bytes = (min: number, max: number) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, Uint8Array>(({ dataset, addIssue, NEVER }) => {
      const { value } = dataset;
      const isShort = typeof value === "string" && value.length <= Math.ceil(max / 3) * 4;
      const found = value instanceof Uint8Array ? value : isShort ? fromBase64(value) : null;
      if (found !== null && found.length >= min && found.length <= max) return found;
      addIssue({ message: `must be ${min} to ${max} bytes` });
      return NEVER;
    }),
  );

export const envelope = bytes(1, limits.maxRecordBytes);
export const tombstoneEnvelope = bytes(1, limits.maxTombstoneBytes);
