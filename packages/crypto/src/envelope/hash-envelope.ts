import { sha256 } from "@noble/hashes/sha2.js";
import type { Bytes } from "../bytes/bytes.ts";

/** SHA-256 of the whole envelope: `prevHash` of its successor, part of its set hash term, and `record_checksum`. */
export function hashEnvelope(bytes: Uint8Array): Bytes {
  return sha256(bytes);
}
