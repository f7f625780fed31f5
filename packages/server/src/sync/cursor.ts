import { createHmac, timingSafeEqual } from "node:crypto";

/** What a cursor says: I have everything up to `version` of this collection, as of this epoch. */
export interface Cursor {
  readonly epoch: string;
  /** Everything up to here was delivered. */
  readonly version: number;
  /** Eight bytes of the id of the batch that wrote `lineageVersion`; zeros: nothing to compare. */
  readonly tag: Buffer;
  /**
   * In the middle of a walk: the head that the tag is of, for the batch of the position itself may be forgotten. In a
   * first download the head at its start.
   */
  readonly anchor: number | null;
  /** A first download that has not reached its anchor: the device has no records that a deletion could concern. */
  readonly isFirst: boolean;
  /** A first download that wants every tombstone: a resync. */
  readonly wantsTombstones: boolean;
  /** The past that a walk reads; null: the present. */
  readonly asOf: number | null;
}

export const noTag = Buffer.alloc(8);

/** The version whose batch the tag is of. */
export function lineageVersion(cursor: Cursor): number {
  return cursor.asOf ?? cursor.anchor ?? cursor.version;
}

/** Tombstones up to here are not sent. */
export function tombstoneFloor(cursor: Cursor): number {
  if (!cursor.isFirst) return cursor.version;
  return cursor.wantsTombstones ? 0 : lineageVersion(cursor);
}

const format = 1;
const flags = { anchor: 1, tombstones: 2, asOf: 4, first: 8 } as const;
const bodyBytes = 1 + 1 + 16 + 8 + 8 + 8;
const macBytes = 16;

/** Seals and opens cursors; they are bound to the account and data type without naming them. */
export class CursorCodec {
  readonly #key: Buffer;
  readonly #incarnation: string;

  constructor(key: Buffer, incarnation = "") {
    this.#key = key;
    this.#incarnation = incarnation;
  }

  /** For one life of an account: a cursor from before it was erased and made anew is not a cursor of it. */
  of(incarnation: string): CursorCodec {
    return new CursorCodec(this.#key, incarnation);
  }

  seal(cursor: Cursor, userId: string, dataType: string): string {
    const bytes = Buffer.alloc(bodyBytes + macBytes);
    bytes[0] = format;
    bytes[1] =
      (cursor.anchor === null ? 0 : flags.anchor) |
      (cursor.isFirst ? flags.first : 0) |
      (cursor.wantsTombstones ? flags.tombstones : 0) |
      (cursor.asOf === null ? 0 : flags.asOf);
    bytes.write(cursor.epoch.replaceAll("-", ""), 2, "hex");
    bytes.writeBigUInt64BE(BigInt(cursor.version), 18);
    cursor.tag.copy(bytes, 26);
    bytes.writeBigUInt64BE(BigInt(cursor.asOf ?? cursor.anchor ?? 0), 34);
    this.#mac(bytes.subarray(0, bodyBytes), userId, dataType).copy(bytes, bodyBytes);
    return bytes.toString("base64url");
  }

  /** Null when the text is not a cursor that this server made for this account and data type. */
  open(text: string, userId: string, dataType: string): Cursor | null {
    const bytes = Buffer.from(text, "base64url");
    if (bytes.length !== bodyBytes + macBytes || bytes.toString("base64url") !== text || bytes[0] !== format)
      return null;
    const body = bytes.subarray(0, bodyBytes);
    if (!timingSafeEqual(this.#mac(body, userId, dataType), bytes.subarray(bodyBytes))) return null;
    const set = body[1]!;
    const mark = Number(body.readBigUInt64BE(34));
    return {
      epoch: uuidFromHex(body.toString("hex", 2, 18)),
      version: Number(body.readBigUInt64BE(18)),
      tag: Buffer.from(body.subarray(26, 34)),
      anchor: (set & flags.anchor) === 0 ? null : mark,
      isFirst: (set & flags.first) !== 0,
      wantsTombstones: (set & flags.tombstones) !== 0,
      asOf: (set & flags.asOf) === 0 ? null : mark,
    };
  }

  #mac(body: Buffer, userId: string, dataType: string): Buffer {
    return createHmac("sha256", this.#key)
      .update(`owl1/cursor\n${userId}\n${this.#incarnation}\n${dataType}\n`)
      .update(body)
      .digest()
      .subarray(0, macBytes);
  }
}

/** 32 hex digits as a UUID. */
export function uuidFromHex(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
