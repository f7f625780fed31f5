import { isUtf8 } from "node:buffer";
import { Decoder, Encoder, setSizeLimits } from "cbor-x";
import { limits } from "@owlivion/sync-protocol";
import { decodeBase64Into } from "../base64.ts";
import { ApiError } from "../errors.ts";
import { assertPlainCbor } from "./assert-plain-cbor.ts";

/** How a body is written: JSON with base64, or CBOR with byte strings. */
export type Wire = "json" | "cbor";

export const mediaTypes = { json: "application/json; charset=utf-8", cbor: "application/cbor" } as const;

// A few bytes of CBOR may claim an array of a hundred million elements; the decoder must not make room for them.
setSizeLimits({ maxArraySize: limits.maxBatchChanges + 1, maxMapSize: 64, maxObjectSize: 64 });
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });
const encoder = new Encoder({ useRecords: false, mapsAsObjects: true, variableMapSize: true, tagUint8Array: false });

export function decodeBody(body: Buffer, wire: Wire): unknown {
  return wire === "json" ? decodeJson(body) : decodeCbor(body);
}

function decodeJson(body: Buffer): unknown {
  // Otherwise bytes that are no UTF-8 would all become U+FFFD, and different record ids one.
  if (!isUtf8(body)) throw new ApiError("INVALID_JSON");
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch (error) {
    throw new ApiError("INVALID_JSON", { cause: error });
  }
}

function decodeCbor(body: Buffer): unknown {
  assertPlainCbor(body);
  try {
    return decoder.decode(body) as unknown;
  } catch (error) {
    throw new ApiError("INVALID_CBOR", { cause: error });
  }
}

export function encodeBody(reply: unknown, wire: Wire): string | Buffer {
  return wire === "json" ? JSON.stringify(reply) : encoder.encode(reply);
}

/** A binary field of a reply. */
export function toWireBytes(bytes: Buffer, wire: Wire): string | Buffer {
  return wire === "json" ? bytes.toString("base64") : bytes;
}

/** Decodes a binary field into `target`; answers its length, or -1 when it is not what the wire form demands. */
export function readBytes(value: unknown, wire: Wire, target: Buffer, offset: number): number {
  if (wire === "json") return typeof value === "string" ? decodeBase64Into(value, target, offset) : -1;
  if (!(value instanceof Uint8Array)) return -1;
  target.set(value, offset);
  return value.length;
}

export function wireOfContentType(contentType: string | undefined): Wire {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return "json";
  if (type === "application/cbor") return "cbor";
  throw new ApiError("UNSUPPORTED_MEDIA_TYPE");
}

/** CBOR when it is asked for by name; JSON when that, everything or nothing is asked for. */
export function wireOfAccept(accept: string | undefined): Wire {
  if (accept === undefined) return "json";
  const types = accept
    .toLowerCase()
    .split(",")
    .map((part) => part.split(";", 1)[0]!.trim());
  if (types.includes("application/cbor")) return "cbor";
  if (types.some((type) => type === "application/json" || type === "application/*" || type === "*/*")) return "json";
  throw new ApiError("NOT_ACCEPTABLE");
}
