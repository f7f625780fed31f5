import { hash, randomBytes } from "node:crypto";
import { envelope } from "@owlivion/sync-protocol";

/** A change as a case writes it; `text` stands for its ciphertext. */
export interface ChangeInput {
  readonly id: string;
  readonly type?: "insert" | "update" | "delete";
  readonly text?: string | Uint8Array;
  readonly nonce?: Uint8Array;
  readonly at?: string;
  readonly base?: number;
}

export function uploadedChange({ id, type = "update", text, nonce, at, base }: ChangeInput) {
  return {
    record_id: id,
    change_type: type,
    ...(text === undefined ? {} : payloadOf(text, nonce)),
    ...(at === undefined ? {} : { client_timestamp: at }),
    ...(base === undefined ? {} : { base_version: base }),
  };
}

function payloadOf(text: string | Uint8Array, nonce: Uint8Array = randomBytes(24)) {
  const record = Buffer.from(text as Uint8Array);
  return {
    encrypted_record: record.toString("base64"),
    record_nonce: base64(nonce),
    record_checksum: hash("sha256", record, "base64"),
  };
}

/** What a server takes for an envelope: its front, and enough bytes. */
export function sealedText(keyEpoch: number, kind: keyof typeof envelope.kinds = "put"): Uint8Array {
  const bytes = randomBytes(envelope.headerBytes + envelope.tagBytes + 40);
  bytes[0] = envelope.suite;
  bytes[1] = envelope.kinds[kind];
  bytes.writeUInt32BE(keyEpoch, 2);
  return bytes;
}

export const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as Uint8Array).toString("base64");
export const textOf = (row: { encrypted_record?: string | undefined }): string =>
  Buffer.from(row.encrypted_record ?? "", "base64").toString();
