import type { Bytes } from "./bytes/bytes.ts";

/** Where randomness comes from: passed in everywhere, so that a simulation and the vectors can repeat themselves. */
export type RandomBytes = (length: number) => Uint8Array;

/** What the platform's generator gives in one call. */
const maxChunkBytes = 65_536;

/** The platform's cryptographic generator. */
export function systemRandom(length: number): Bytes {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += maxChunkBytes) {
    globalThis.crypto.getRandomValues(bytes.subarray(at, at + maxChunkBytes));
  }
  return bytes;
}
