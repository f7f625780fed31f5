import { hash } from "node:crypto";
import {
  changeTypes,
  limits,
  parseInstant,
  readKeyEpoch,
  type ChangeErrorCode,
  type Micros,
} from "@owlivion/sync-protocol";
import { ApiError } from "../errors.ts";
import { readBytes, type Wire } from "./wire.ts";
import type { Batch, Change } from "./model.ts";

const bodyFields = new Set(["changes", "device_id", "client_timestamp", "epoch", "cursor"]);
const changeFields = new Set([
  "record_id",
  "change_type",
  "encrypted_record",
  "record_nonce",
  "record_checksum",
  "client_timestamp",
  "base_version",
]);
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** So many malformed changes are named in one reply. */
const maxDetails = 100;

/**
 * Checks the body of a delta upload field by field and gathers its payloads into one buffer. By hand, not by the schema:
 * a batch fails with the index and code of each bad change, and one pass decodes what it checks.
 */
export function parseUpload(body: unknown, wire: Wire, keyEpoch: number): Batch {
  if (!isObject(body)) throw invalid("body", "must be an object");
  const unknown = Object.keys(body).find((name) => !bodyFields.has(name));
  if (unknown !== undefined) throw invalid(unknown.slice(0, 64), "is not a field of this request");
  const { changes, device_id: deviceId, client_timestamp: clientTimestamp, epoch, cursor } = body;
  if (!Array.isArray(changes)) throw invalid("changes", "must be an array");
  if (changes.length === 0) throw new ApiError("EMPTY_CHANGES");
  if (changes.length > limits.maxBatchChanges) {
    throw new ApiError("BATCH_TOO_LARGE", { details: { max_changes: limits.maxBatchChanges } });
  }
  return {
    deviceId: uuidField("device_id", deviceId),
    clientTimestamp: clientTimestamp === undefined ? null : instantField("client_timestamp", clientTimestamp),
    epoch: epoch === undefined ? null : uuidField("epoch", epoch),
    cursor: cursor === undefined ? null : textField("cursor", cursor, 256),
    ...parseChanges(changes, wire, keyEpoch),
  };
}

function parseChanges(raw: readonly unknown[], wire: Wire, keyEpoch: number): Pick<Batch, "changes" | "bytes"> {
  const bytes = Buffer.allocUnsafe(raw.reduce<number>((sum, change) => sum + payloadRoom(change), 0));
  const changes: Change[] = [];
  const details: { index: number; code: ChangeErrorCode }[] = [];
  let offset = 0;
  for (const [index, one] of raw.entries()) {
    const change = parseChange(one, bytes, offset, wire);
    if (typeof change === "string") {
      if (details.length < maxDetails) details.push({ index, code: change });
      continue;
    }
    changes.push(change);
    if (change.length > 0) {
      if (keyEpoch > 0 && details.length < maxDetails) {
        const epoch = readKeyEpoch(bytes.subarray(offset, offset + change.length));
        if (epoch === null) details.push({ index, code: "INVALID_ENVELOPE" });
        else if (epoch < keyEpoch) throw new ApiError("KEY_EPOCH_OUTDATED", { details: { key_epoch: keyEpoch } });
      }
      offset += change.length + change.nonceLength + limits.checksumBytes;
    }
  }
  if (details.length > 0) throw new ApiError("INVALID_CHANGES", { details });
  return { changes, bytes: bytes.subarray(0, offset) };
}

function parseChange(raw: unknown, bytes: Buffer, offset: number, wire: Wire): Change | ChangeErrorCode {
  if (!isObject(raw)) return "INVALID_CHANGE";
  for (const name in raw) if (!changeFields.has(name)) return "INVALID_CHANGE";
  const { record_id: recordId, change_type: changeType, base_version: baseVersion, client_timestamp: stamp } = raw;
  if (!isRecordId(recordId)) return "INVALID_RECORD_ID";
  if (!changeTypes.some((name) => name === changeType)) return "INVALID_CHANGE_TYPE";
  if (baseVersion !== undefined && !(Number.isSafeInteger(baseVersion) && (baseVersion as number) >= 0)) {
    return "INVALID_BASE_VERSION";
  }
  const stampAt = stamp === undefined ? null : typeof stamp === "string" ? parseInstant(stamp) : undefined;
  if (stampAt === undefined || (stamp !== undefined && stampAt === null)) return "INVALID_CLIENT_TIMESTAMP";

  const isDelete = changeType === "delete";
  const head = { recordId, isDelete, stampAt, baseVersion: (baseVersion as number | undefined) ?? null, offset };
  const { encrypted_record: record, record_nonce: nonce, record_checksum: checksum } = raw;
  if (record === undefined || nonce === undefined || checksum === undefined) {
    const hasNone = record === undefined && nonce === undefined && checksum === undefined;
    return isDelete && hasNone ? { ...head, length: 0, nonceLength: 0 } : "MISSING_RECORD";
  }
  return parsePayload(head, { record, nonce, checksum }, bytes, wire);
}

function parsePayload(
  head: Omit<Change, "length" | "nonceLength">,
  raw: { record: unknown; nonce: unknown; checksum: unknown },
  bytes: Buffer,
  wire: Wire,
): Change | ChangeErrorCode {
  const { offset } = head;
  const length = readBytes(raw.record, wire, bytes, offset);
  if (length < 0) return "INVALID_BASE64";
  if (length === 0) return "EMPTY_RECORD";
  if (length > (head.isDelete ? limits.maxTombstoneBytes : limits.maxRecordBytes)) return "RECORD_TOO_LARGE";
  const nonceLength = readBytes(raw.nonce, wire, bytes, offset + length);
  if (nonceLength < 0) return "INVALID_BASE64";
  if (nonceLength < limits.minNonceBytes || nonceLength > limits.maxNonceBytes) return "INVALID_NONCE";
  const checksumAt = offset + length + nonceLength;
  const checksumLength = readBytes(raw.checksum, wire, bytes, checksumAt);
  if (checksumLength < 0) return "INVALID_BASE64";
  if (checksumLength !== limits.checksumBytes) return "INVALID_CHECKSUM";
  const actual = hash("sha256", bytes.subarray(offset, offset + length), "buffer");
  if (actual.compare(bytes, checksumAt, checksumAt + limits.checksumBytes) !== 0) return "INVALID_CHECKSUM";
  return { ...head, length, nonceLength };
}

/** Bytes a change may take at most once decoded; whatever is not text or bytes is refused later. */
function payloadRoom(change: unknown): number {
  if (!isObject(change)) return 0;
  return room(change["encrypted_record"]) + room(change["record_nonce"]) + room(change["record_checksum"]);
}

function room(value: unknown): number {
  if (typeof value === "string") return Math.ceil(value.length / 4) * 3;
  return value instanceof Uint8Array ? value.length : 0;
}

function isRecordId(value: unknown): value is string {
  if (typeof value !== "string" || value.length === 0 || !value.isWellFormed()) return false;
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) return false;
  return value.length <= limits.maxRecordIdChars || [...value].length <= limits.maxRecordIdChars;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function invalid(field: string, problem: string): ApiError {
  return new ApiError("INVALID_REQUEST", { details: [{ field: `body/${field}`, problem }] });
}

function textField(name: string, value: unknown, maxLength: number): string {
  if (typeof value !== "string" || value.length === 0 || value.length > maxLength) {
    throw invalid(name, `must be text of at most ${maxLength} characters`);
  }
  return value;
}

function uuidField(name: string, value: unknown): string {
  const text = typeof value === "string" ? value.toLowerCase() : "";
  if (!uuid.test(text)) throw invalid(name, "must be a UUID");
  return text;
}

function instantField(name: string, value: unknown): Micros {
  const micros = typeof value === "string" ? parseInstant(value) : null;
  if (micros === null) throw new ApiError("INVALID_TIMESTAMP", { details: { field: name } });
  return micros;
}

/** A record id in a path; the same rules as in a batch. */
export function parseRecordId(value: string): string {
  if (!isRecordId(value))
    throw new ApiError("INVALID_REQUEST", { details: [{ field: "record_id", problem: "is not a record id" }] });
  return value;
}
