import type { JsonObject, Stamp } from "@owlivion/sync-crypto";

/**
 * What a device keeps. A row's `key` is `dataType/recordId` where it belongs to a record, the data type where it belongs to a
 * collection. Together `records` and `outbox` are the truth; `views` is the plaintext of both, what an application sees.
 */
export interface Tables {
  records: RecordRow;
  views: ViewRow;
  outbox: OutboxRow;
  /** Records with something a person or the engine must come back to. */
  marks: MarkRow;
  /** The batch in flight, one for each collection. */
  batches: BatchRow;
  collections: CollectionRow;
  conflicts: ConflictRow;
  /** Session, keys, clock, settings: one JSON-like value each. */
  meta: MetaRow;
}

export type TableName = keyof Tables;
export const tableNames = [
  "records",
  "views",
  "outbox",
  "marks",
  "batches",
  "collections",
  "conflicts",
  "meta",
] as const satisfies readonly TableName[];

export const recordKey = (dataType: string, recordId: string): string => `${dataType}/${recordId}`;

/** A record or tombstone as the server acknowledged it. */
export interface RecordRow {
  readonly key: string;
  readonly recordId: string;
  readonly kind: "put" | "tombstone";
  /** The collection's version of this change; 0: the server does not have it any more. */
  readonly version: number;
  /** As it was received or sent; null: a deletion without an envelope. */
  readonly envelope: Uint8Array | null;
  /** SHA-256 of the envelope, 32 bytes; null where there is none. */
  readonly hash: Uint8Array | null;
  readonly rev: number;
  /** The first bytes of the hashes of what it was made from, the newest first: see `ancestors.ts`. */
  readonly ancestors?: Uint8Array;
  readonly changedAt: string;
  readonly deviceId: string;
  /** The resync that saw it last. */
  readonly generation: number;
  /** The set hash counts it: a live record, confirmed by the server. */
  readonly isCounted: boolean;
}

/** What an application sees of a record: acknowledged, or edited and not yet pushed. */
export interface ViewRow {
  readonly key: string;
  readonly recordId: string;
  /** The version of the data type's schema that wrote it. */
  readonly schema: number;
  /** With null for a field that was removed. */
  readonly fields: JsonObject;
  readonly stamps: Readonly<Record<string, Stamp>>;
  /** What the data type's own schema says against it. */
  readonly problem: string | null;
}

/** One record's local edit that is not accepted yet; what it says is in `views`. */
export interface OutboxRow {
  readonly key: string;
  readonly recordId: string;
  readonly kind: "put" | "delete";
  /** Grows with every edit on this device: tells whether an edit came while the batch was in flight. */
  readonly edit: number;
  /** The device's clock, milliseconds. */
  readonly editedAtMs: number;
  readonly stamp: Stamp;
  /**
   * Sent as it is: an acknowledged change that the server lost, or an edit sealed because the store is locked.
   */
  readonly sealed: Uint8Array | null;
  /** Not sent before somebody decides. */
  readonly held: HoldReason | null;
  /** The confirmation that is sealed into a deletion, a UUID. */
  readonly confirmation: string | null;
  /** What a deletion took from view and no acknowledged envelope says: an edit that was not sent, sealed. */
  readonly undo?: Uint8Array;
}

/**
 * - `deletions`    one of many deletions, until the person confirms
 * - `unreadable`   the server's record cannot be opened, so that nothing may be put over it
 * - `refused`      the server refuses this change
 * - `too_large`    the record is larger than a record may be
 */
export type HoldReason = "deletions" | "unreadable" | "refused" | "too_large";

/**
 * - `unreadable`   the server's version cannot be opened or contradicts itself; what was there before stays visible
 * - `unconfirmed`  the server does not offer it any more, and nothing proves that it was deleted; hidden
 * - `staged`       a deletion that waits for the person; the record stays visible
 */
export interface MarkRow {
  readonly key: string;
  readonly recordId: string;
  readonly kind: "unreadable" | "unconfirmed" | "staged";
  readonly reason: string;
  readonly sinceMs: number;
}

export interface BatchRow {
  /** The data type. */
  readonly key: string;
  readonly idempotencyKey: string;
  /** The request's exact bytes, CBOR. */
  readonly body: Uint8Array;
  readonly entries: readonly { readonly recordId: string; readonly edit: number }[];
}

export interface CollectionRow {
  /** The data type. */
  readonly key: string;
  readonly epoch: string | null;
  readonly cursor: string | null;
  /** Everything up to this version is here; in the middle of a walk, what was before it. */
  readonly position: number;
  /** The newest version that the server acknowledged to this device; above `position` when a push's reply told only a part. */
  readonly acknowledgedTo?: number;
  readonly horizon: number;
  /** Of the counted records: their number, and the sum of their terms, 32 bytes. */
  readonly count: number;
  readonly setHash: Uint8Array;
  /** Of the counted records: the bytes of their envelopes; absent in a store of before this was counted. */
  readonly bytes?: number;
  readonly generation: number;
  readonly walk: Walk | null;
  /** The newest head proof that agreed. */
  readonly verified: { readonly epoch: string; readonly version: number; readonly atMs: number } | null;
  /** The newest version anyone is known to have proved. */
  readonly provedVersion: number;
  /** What was found wrong with the server's history, until the person has decided. */
  readonly alarm: string | null;
  /** The person has decided about an alarm: when it is caught up, this device proves what is here and compares with no older proof. */
  readonly provesAnew?: boolean;
  readonly lastSyncMs: number | null;
}

/** What the server had acknowledged to a device, and by which it can tell whether it still has it. */
export interface Standpoint {
  readonly epoch: string;
  readonly cursor: string;
  readonly position: number;
}

/** A first download or a resync that is not over yet. */
export interface Walk {
  readonly cause: "first" | "expired" | "epoch" | "repair";
  readonly startHead: number | null;
  /** Rows acknowledged up to here were before the cut; null: nobody knows. */
  readonly cutVersion: number | null;
  /** All pages are here; rows up to this key were dealt with. Null: pages are still coming. */
  readonly sweptTo: string | null;
  /** Where the device stood before it; null or absent: nowhere, or a person has decided that it does not matter. */
  readonly before?: Standpoint | null;
  readonly receivedRecords: number;
  readonly receivedBytes: number;
  readonly totalRecords: number | null;
}

/** A conflict journal entry: nothing that a merge set aside is lost. */
export interface ConflictRow {
  /** `dataType/recordId/` and a UUID of version 7: a record's entries stand together, in the order of time. */
  readonly key: string;
  readonly dataType: string;
  readonly recordId: string;
  readonly kind: ConflictKind;
  readonly base: JsonObject | null;
  readonly local: JsonObject | null;
  readonly remote: JsonObject | null;
  readonly merged: JsonObject | null;
  /** Those that both sides changed, each its own way. */
  readonly clashes: readonly string[];
  readonly remoteDeviceId: string | null;
  readonly sinceMs: number;
  /** Null: open. */
  readonly resolvedMs: number | null;
}

/**
 * - `fields`          both sides changed the same fields
 * - `edit_kept`       one side deleted what the other edited: the edit stays
 * - `proposed_again`  the server had lost it, and where its history was cut is not known
 * - `unreadable`      an edit of a record whose version on the server cannot be opened
 * - `refused`         the server refused it for good
 * - `set_aside`       what this device had when the person took the server's records instead
 */
export type ConflictKind = "fields" | "edit_kept" | "proposed_again" | "unreadable" | "refused" | "set_aside";

export interface MetaRow {
  readonly key: string;
  readonly value: unknown;
}
