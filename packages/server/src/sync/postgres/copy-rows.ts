import { postgresEpochMicros } from "../../db/binary-arrays.ts";
import { uuidFromHex } from "../cursor.ts";
import type { PageRow } from "../store.ts";

/** The columns of every page, in this order, as `copyRows` reads them. */
export const pageColumns =
  "change_type, version, changed_at, device_id, record_id, record_nonce, record_checksum, encrypted_record, n, so_far";

interface CopiedRow extends PageRow {
  /** Ordinal in the page, from 1. */
  readonly ordinal: number;
  /** Ciphertext bytes up to and including this row. */
  readonly bytesSoFar: number;
}

const headerBytes = 19; // signature, flags, empty extension

/** Reads what `COPY (…) TO STDOUT (FORMAT binary)` sent; the rows look into the buffer and copy nothing. */
export function copyRows(copied: Buffer): CopiedRow[] {
  const rows: CopiedRow[] = [];
  if (copied.length < headerBytes) return rows;
  const uuids = new Map<string, string>();
  let at = headerBytes;

  const field = (): Buffer | null => {
    const length = copied.readInt32BE(at);
    at += 4;
    if (length === -1) return null;
    at += length;
    return copied.subarray(at - length, at);
  };
  const integer = (): number => {
    at += 12;
    return copied.readInt32BE(at - 8) * 0x1_0000_0000 + copied.readUInt32BE(at - 4);
  };
  const smallint = (): number => {
    at += 6;
    return copied.readInt16BE(at - 2);
  };
  const uuid = (): string => {
    const hex = copied.toString("hex", at + 4, at + 20);
    at += 20;
    let text = uuids.get(hex);
    if (text === undefined) uuids.set(hex, (text = uuidFromHex(hex)));
    return text;
  };

  while (copied.readInt16BE(at) !== -1) {
    at += 2; // number of fields
    rows.push({
      changeType: smallint() as 0 | 1 | 2,
      version: integer(),
      changedAt: integer() + postgresEpochMicros,
      deviceId: uuid(),
      recordId: field()!.toString("utf8"),
      nonce: field(),
      checksum: field(),
      record: field(),
      ordinal: integer(),
      bytesSoFar: integer(),
    });
  }
  return rows;
}
