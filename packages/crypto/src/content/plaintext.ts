import type { Bytes } from "../bytes/bytes.ts";
import { checkInteger } from "../bytes/check.ts";
import { getU16, getU32, putU16, putU32 } from "../bytes/integers.ts";
import { Workspace, type ByteWriter } from "../bytes/workspace.ts";
import { CryptoError } from "../crypto-error.ts";
import { compressBody, decompressBody, maxBodyBytes } from "./compress.ts";
import type { Content } from "./content.ts";
import { paddedLength } from "./padme.ts";
import { decodePutBody, writePutBody } from "./put-body.ts";
import { decodeTombstoneBody, writeTombstoneBody } from "./tombstone-body.ts";

/** schema u16, flags u8, body length u32, then the body and zeros up to a padded length. */
const headBytes = 2 + 1 + 4;
const compressedFlag = 1;

/**
 * Writes the plaintext of a content and tells its length. Throws INVALID_VALUE for what has no canonical form, and
 * RECORD_TOO_LARGE above `maxBytes`.
 */
export function writePlaintext(writer: ByteWriter, content: Content, maxBytes: number): number {
  checkInteger(content.schema, 0, 0xffff, "the schema");
  const start = writer.at;
  writer.skip(headBytes);
  const bodyAt = writer.at;
  if (content.kind === "put") writePutBody(writer, content);
  else writeTombstoneBody(writer, content);
  const whole = writer.bytes.subarray(bodyAt, writer.at);
  if (whole.length > maxBodyBytes) throw tooLarge(whole.length, maxBodyBytes);
  const compressed = content.kind === "put" ? compressBody(whole) : null;
  if (compressed !== null) {
    writer.cut(bodyAt);
    writer.append(compressed);
    writer.bytes[start + 2] = compressedFlag;
  }
  const padded = paddedLength(writer.at - start);
  if (padded > maxBytes) throw tooLarge(padded, maxBytes);
  putU16(writer.bytes, start, content.schema);
  putU32(writer.bytes, start + 3, writer.at - bodyAt);
  writer.skip(start + padded - writer.at);
  return padded;
}

const workspace = new Workspace();

/** The plaintext of a content, as an envelope would hold it. */
export function encodePlaintext(content: Content, maxBytes: number): Bytes {
  return workspace.use((writer) => {
    const length = writePlaintext(writer, content, maxBytes);
    return writer.bytes.slice(0, length);
  });
}

/** Throws CONTENT_INVALID for every plaintext that `encodePlaintext` would not have made. */
export function decodePlaintext(kind: Content["kind"], plaintext: Uint8Array): Content {
  const bodyBytes = plaintext.length < headBytes ? 0 : getU32(plaintext, 3);
  const end = headBytes + bodyBytes;
  if (end > plaintext.length || paddedLength(end) !== plaintext.length)
    throw invalid("its length is not the padded one");
  for (let i = end; i < plaintext.length; i += 1) if (plaintext[i] !== 0) throw invalid("its padding is not zero");
  const schema = getU16(plaintext, 0);
  const flags = plaintext[2]!;
  if (flags > (kind === "put" ? compressedFlag : 0)) throw invalid("an unknown flag");
  const stored = plaintext.subarray(headBytes, end);
  const body = flags === compressedFlag ? decompressBody(stored) : stored;
  if (kind === "put") {
    const { fields, stamps } = decodePutBody(body);
    return { kind, schema, fields, stamps };
  }
  const { stamp, confirmation } = decodeTombstoneBody(body);
  return { kind, schema, stamp, confirmation };
}

function tooLarge(bytes: number, maxBytes: number): CryptoError {
  const message = `the record takes ${bytes} bytes of at most ${maxBytes}`;
  return new CryptoError("RECORD_TOO_LARGE", message, { bytes, maxBytes });
}

function invalid(reason: string): CryptoError {
  return new CryptoError("CONTENT_INVALID", `the content is not canonical: ${reason}`);
}
