import { hash, randomBytes } from "node:crypto";
import { Encoder } from "cbor-x";
import type { Wire } from "./account.ts";

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });

export interface BenchRecord {
  readonly id: string;
  readonly nonce: Buffer;
  readonly checksum: Buffer;
  readonly payload: Buffer;
}

export function makeRecords(count: number, bytes: number, prefix: string): BenchRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const payload = randomBytes(bytes);
    return { id: `${prefix}-${i}`, nonce: randomBytes(24), checksum: hash("sha256", payload, "buffer"), payload };
  });
}

/** An upload as a client would send it. */
export function uploadBody(records: readonly BenchRecord[], deviceId: string, wire: Wire): Buffer {
  const bytes = (value: Buffer) => (wire === "json" ? value.toString("base64") : value);
  const body = {
    device_id: deviceId,
    changes: records.map(({ id, nonce, checksum, payload }) => ({
      record_id: id,
      change_type: "update",
      encrypted_record: bytes(payload),
      record_nonce: bytes(nonce),
      record_checksum: bytes(checksum),
    })),
  };
  return wire === "json" ? Buffer.from(JSON.stringify(body)) : encoder.encode(body);
}
