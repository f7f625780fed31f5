import type { ConflictReason, Micros } from "@owlivion/sync-protocol";

/** One change of a batch, as parsed and checked; its payload lies in the batch's bytes. */
export interface Change {
  readonly recordId: string;
  readonly isDelete: boolean;
  /** The client's time of the edit; null: the batch's, else the server's. */
  readonly stampAt: Micros | null;
  /** Compare and set against this version; null: last write wins. */
  readonly baseVersion: number | null;
  /** Where ciphertext ‖ nonce ‖ checksum begin in the batch's bytes. */
  readonly offset: number;
  /** Bytes of ciphertext; 0 for a deletion without an envelope. */
  readonly length: number;
  readonly nonceLength: number;
}

export interface Batch {
  readonly deviceId: string;
  readonly changes: readonly Change[];
  /** For each change with a payload: ciphertext ‖ nonce ‖ checksum. */
  readonly bytes: Buffer;
  readonly clientTimestamp: Micros | null;
  readonly epoch: string | null;
  readonly cursor: string | null;
}

/** The current state of one record: its live change or its live tombstone. */
export interface RecordState {
  readonly isTombstone: boolean;
  readonly version: number;
  readonly stampAt: Micros;
  readonly stampDeviceId: string;
  /** Hex of nonce ‖ checksum; empty for a tombstone without an envelope. */
  readonly fingerprint: string;
  /** Ciphertext bytes; 0 for a tombstone, which no quota counts. */
  readonly bytes: number;
}

/** What a batch is judged against, read under the collection's lock. */
export interface CollectionState {
  readonly now: Micros;
  readonly head: number;
  readonly lastChangedAt: Micros;
  readonly horizonAt: Micros;
  readonly usage: Usage;
  readonly records: ReadonlyMap<string, RecordState>;
}

/** Of the whole account, this collection included. */
export interface Usage {
  readonly records: number;
  readonly bytes: number;
}

export interface Quota {
  readonly maxRecords: number;
  readonly maxBytes: number;
}

export type Outcome =
  | { readonly status: "applied"; readonly version: number }
  | { readonly status: "unchanged"; readonly version: number }
  | { readonly status: "conflict"; readonly reason: ConflictReason };

/** By the number in the log. */
export const changeTypeNames = ["insert", "update", "delete"] as const;

/** One row of the log to write; element i has version `head + 1 + i`. */
export interface LogRow {
  readonly changeIndex: number;
  readonly changeType: 0 | 1 | 2;
  /** The change of the same record before this one; 0: none known. */
  readonly prevVersion: number;
  /** Set at once for a deletion and for a change that a later one of the batch replaces; 0: current. */
  supersededVersion: number;
  stampAt: Micros;
  stampDeviceId: string;
}

export interface Decision {
  readonly outcomes: readonly Outcome[];
  readonly rows: readonly LogRow[];
  readonly firstChangedAt: Micros;
  /** Current log rows, from before the batch, that a row of the batch replaces. */
  readonly replaced: readonly { readonly version: number; readonly byVersion: number }[];
  /** Records whose live tombstone goes. */
  readonly revived: readonly string[];
  /** Indexes into `rows` of the deletions that become live tombstones. */
  readonly tombstones: readonly number[];
  /** Records that stay as they are but for a greater stamp. */
  readonly raised: readonly { readonly recordId: string; readonly stampAt: Micros }[];
  readonly delta: { readonly records: number; readonly tombstones: number; readonly bytes: number };
  /** How far the furthest clamped timestamp was ahead of the server; null: none was clamped. */
  readonly clockSkewMs: number | null;
}
