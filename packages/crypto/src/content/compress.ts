import { deflateSync, inflateSync } from "fflate";
import type { Bytes } from "../bytes/bytes.ts";
import { getU32, putU32 } from "../bytes/integers.ts";
import { CryptoError } from "../crypto-error.ts";

/** Only a body above this is compressed: below, its size would tell more about it than the padding hides. */
export const compressAboveBytes = 4096;
/** No body is longer before compression. What it names is all that is ever allocated for one. */
export const maxBodyBytes = 1024 * 1024;
const lengthBytes = 4;

/** `u32 original length ‖ raw deflate`, or null when that is not shorter. */
export function compressBody(body: Uint8Array): Bytes | null {
  if (body.length <= compressAboveBytes) return null;
  const deflated = deflateSync(body, { level: 6 });
  if (lengthBytes + deflated.length >= body.length) return null;
  const out = new Uint8Array(lengthBytes + deflated.length);
  putU32(out, 0, body.length);
  out.set(deflated, lengthBytes);
  return out;
}

/** Throws CONTENT_INVALID unless the stream is whole, ends where the bytes end, and gives exactly the length it names. */
export function decompressBody(stored: Uint8Array): Uint8Array {
  const length = stored.length <= lengthBytes ? 0 : getU32(stored, 0);
  if (length <= compressAboveBytes || length > maxBodyBytes || stored.length >= length) {
    throw invalid("a compressed body of that length");
  }
  // One byte more than named, so that a longer stream is seen; fflate never grows a buffer that it was given. What a stream
  // of the greatest record would write beyond it costs a second, and only who holds the key can make one.
  const body = inflate(stored.subarray(lengthBytes), length + 1);
  if (body?.length !== length) throw invalid("another length than it names");
  // fflate does not tell where a stream ended: it ended at the last byte if it is not whole without that byte.
  if (inflate(stored.subarray(lengthBytes, -1), length + 1) !== null) throw invalid("bytes after its end");
  return body;
}

function inflate(deflated: Uint8Array, maxBytes: number): Uint8Array | null {
  try {
    return inflateSync(deflated, { out: new Uint8Array(maxBytes) });
  } catch {
    return null;
  }
}

function invalid(reason: string): CryptoError {
  return new CryptoError("CONTENT_INVALID", `the content cannot be decompressed: ${reason}`);
}
