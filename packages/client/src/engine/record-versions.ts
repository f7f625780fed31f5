import { type CollectionKeyring, readHeader } from "@owlivion/sync-crypto";
import type { RecordValue } from "../merge/record-value.ts";
import type { HistoryEntry } from "../transport/replies.ts";
import { equalBytes } from "./equal-bytes.ts";
import { openRows } from "./open-rows.ts";

/** One change of a record's past, opened and checked as far as this device can. */
export interface RecordVersion {
  readonly version: number;
  /** The server's word. */
  readonly changedAt: string;
  /** Who sealed it; the server's word where it cannot be opened. */
  readonly deviceId: string;
  readonly kind: "put" | "tombstone";
  readonly value: RecordValue | null;
  readonly hash: Uint8Array | null;
  readonly rev: number;
  readonly prevHash: Uint8Array | null;
  /** Why it cannot be opened; `UNSEALED` for a deletion without an envelope. */
  readonly problem: string | null;
}

/** Opens a record's past; what cannot be opened is told, never thrown. */
export function openVersions(
  keys: CollectionKeyring,
  recordId: string,
  entries: readonly HistoryEntry[],
): RecordVersion[] {
  return entries.map((entry) => {
    const { version, changedAt, kind, envelope } = entry;
    const place = { version, changedAt, kind };
    if (envelope === null) {
      const problem = kind === "put" ? "INVALID_ENVELOPE" : "UNSEALED";
      return { ...place, deviceId: entry.deviceId, value: null, hash: null, rev: 0, prevHash: null, problem };
    }
    const opened = openRows(keys, [{ recordId, version, changedAt, deviceId: entry.deviceId, kind, envelope }])[0]!;
    const { hash, rev, prevHash, content, trouble } = opened;
    const deviceId = content === null ? entry.deviceId : readHeader(envelope).device;
    const value = content?.kind === "put" ? content : null;
    return { ...place, deviceId, value, hash, rev, prevHash, problem: trouble };
  });
}

/** Whether `newer` says of itself that it replaced `older`; null: one of them does not tell. */
export function isLinked(newer: RecordVersion, older: RecordVersion | undefined): boolean | null {
  if (older === undefined || older.hash === null || newer.hash === null || newer.problem !== null) return null;
  return newer.prevHash !== null && newer.rev > older.rev && equalBytes(newer.prevHash, older.hash);
}
