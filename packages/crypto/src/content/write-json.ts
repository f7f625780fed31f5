import type { ByteWriter } from "../bytes/workspace.ts";
import { CryptoError } from "../crypto-error.ts";
import { isAscending, isPlainObject, maxJsonDepth } from "./json-order.ts";

/** From here on the engine's writer is faster than looking at each character. */
const longString = 64;
/** Nothing that is sealed is as long; what would be is refused before its memory is taken. */
const maxRoomBytes = 8 * 1024 * 1024;

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const encoder = new TextEncoder();

/** Writes canonical JSON as UTF-8, straight into its place: strings in between would be most of the work. */
export function writeJson(writer: ByteWriter, value: unknown, depth = 0): void {
  switch (typeof value) {
    case "string":
      return writeString(writer, value);
    case "number":
      if (!Number.isFinite(value)) throw invalid("NaN and infinities are no JSON");
      return writeAscii(writer, value === 0 ? "0" : String(value));
    case "boolean":
      return writeAscii(writer, value ? "true" : "false");
    case "object":
      if (value === null) return writeAscii(writer, "null");
      if (depth >= maxJsonDepth) throw invalid(`more than ${maxJsonDepth} levels`);
      if (Array.isArray(value)) return writeArray(writer, value, depth + 1);
      if (isPlainObject(value)) return writeObject(writer, value, depth + 1);
      throw invalid("only plain objects and arrays are JSON");
    default:
      throw invalid(`${typeof value} is no JSON`);
  }
}

function writeArray(writer: ByteWriter, array: readonly unknown[], depth: number): void {
  writeByte(writer, 0x5b);
  for (let i = 0; i < array.length; i += 1) {
    if (i > 0) writeByte(writer, comma);
    writeJson(writer, array[i], depth);
  }
  writeByte(writer, 0x5d);
}

function writeObject(writer: ByteWriter, object: Record<string, unknown>, depth: number): void {
  const keys = Object.keys(object);
  // Values in their own order are found faster than by name.
  const values = isAscending(keys) ? Object.values(object) : keys.sort().map((key) => object[key]);
  writeByte(writer, 0x7b);
  for (let i = 0; i < keys.length; i += 1) {
    if (i > 0) writeByte(writer, comma);
    writeString(writer, keys[i]!);
    writeByte(writer, colon);
    writeJson(writer, values[i], depth);
  }
  writeByte(writer, 0x7d);
}

/** Short strings of plain ASCII byte by byte; every other one by the engine, which escapes as RFC 8785 says. */
function writeString(writer: ByteWriter, text: string): void {
  const { length } = text;
  if (length >= longString) return writeEscaped(writer, text);
  writer.reserve(length + 2);
  const { bytes } = writer;
  let { at } = writer;
  bytes[at] = quote;
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code === quote || code === backslash) return writeEscaped(writer, text);
    at += 1;
    bytes[at] = code;
  }
  bytes[at + 1] = quote;
  writer.at = at + 2;
}

function writeEscaped(writer: ByteWriter, text: string): void {
  if (!text.isWellFormed()) throw invalid("a lone surrogate");
  const quoted = JSON.stringify(text);
  const room = quoted.length * 3;
  if (writer.at + room > maxRoomBytes) {
    const bytes = writer.at + quoted.length;
    throw new CryptoError("RECORD_TOO_LARGE", "the record is out of all proportion", { bytes, maxBytes: maxRoomBytes });
  }
  writer.reserve(room);
  const { written } = encoder.encodeInto(quoted, writer.bytes.subarray(writer.at));
  writer.at += written;
}

function writeAscii(writer: ByteWriter, text: string): void {
  writer.reserve(text.length);
  const { bytes, at } = writer;
  for (let i = 0; i < text.length; i += 1) bytes[at + i] = text.charCodeAt(i);
  writer.at = at + text.length;
}

function writeByte(writer: ByteWriter, byte: number): void {
  writer.reserve(1);
  writer.bytes[writer.at] = byte;
  writer.at += 1;
}

function invalid(reason: string): CryptoError {
  return new CryptoError("INVALID_VALUE", `not representable as JSON: ${reason}`);
}
