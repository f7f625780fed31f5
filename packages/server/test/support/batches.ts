import { hash, randomBytes } from "node:crypto";
import type { Batch } from "../../src/sync/model.ts";
import { parseUpload } from "../../src/sync/parse-upload.ts";

/** A change as a client writes it in JSON; `text` stands for its ciphertext. */
export interface ChangeInput {
  id: string;
  type?: "insert" | "update" | "delete";
  text?: string;
  nonce?: Buffer;
  at?: string;
  base?: number;
}

export function uploadedChange({ id, type = "update", text, nonce, at, base }: ChangeInput) {
  const record = text === undefined ? undefined : Buffer.from(text);
  return {
    record_id: id,
    change_type: type,
    ...(record === undefined
      ? {}
      : {
          encrypted_record: record.toString("base64"),
          record_nonce: (nonce ?? randomBytes(24)).toString("base64"),
          record_checksum: hash("sha256", record, "base64"),
        }),
    ...(at === undefined ? {} : { client_timestamp: at }),
    ...(base === undefined ? {} : { base_version: base }),
  };
}

export function batchOf(
  deviceId: string,
  changes: readonly ChangeInput[],
  extra: { epoch?: string; client_timestamp?: string } = {},
): Batch {
  return parseUpload({ changes: changes.map(uploadedChange), device_id: deviceId, ...extra }, "json", 0);
}
