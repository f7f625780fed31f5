import type { EnvelopeHeader } from "@owlivion/sync-crypto";
import type { Walk } from "../store/rows.ts";
import { isAmong } from "./ancestors.ts";
import { equalBytes } from "./equal-bytes.ts";

/** What of a record that is already here decides about one that arrives. */
export interface KnownRecord {
  readonly kind: "put" | "tombstone";
  readonly version: number;
  /** Of the newest envelope that could be opened. */
  readonly rev: number;
  readonly hash: Uint8Array | null;
  /** What its envelope continues. */
  readonly prevHash?: Uint8Array | null;
  /** What that continues, and so on, as far as it is known. */
  readonly ancestors?: Uint8Array;
  /** When the server accepted it. */
  readonly changedAt?: string;
  /** Nobody here can open it: what it claims about itself proves nothing. */
  readonly isUnreadable?: boolean;
  /** The server has lost it, and this device is about to send it again, or an edit of it. */
  readonly isProposed?: boolean;
  /** Whether its envelope is what some device sealed, so that what it claims is true. */
  readonly isIntact?: () => boolean;
}

export interface ArrivingRecord {
  readonly version: number;
  readonly header: Pick<EnvelopeHeader, "rev" | "prevHash">;
  readonly hash: Uint8Array;
  readonly changedAt?: string;
  /** Whether nothing in it was written after what is here. */
  readonly isOlder?: () => boolean;
  /** Nobody chose what it says: it has no stamp, and no time. */
  readonly isUndated?: boolean;
}

export interface RemoteContext {
  /** Below it a tombstone may have been purged, and a record begun anew. */
  readonly horizon: number;
  /** The first download or resync that brings it; null: it follows what is here. */
  readonly walk: Pick<Walk, "cause" | "cutVersion"> | null;
}

/**
 * - `apply`       a newer change, or one of a record that was unknown or forgotten
 * - `same`        what is here already, perhaps under another version
 * - `late`        older than what is here: a page that came twice
 * - `lost`        what is here is newer, and the server lost it
 * - `rival`       the server lost what is here, and something else took its place
 * - `replayed`, `forked`, `unlinked`: it contradicts what this device has seen
 */
export type RemoteJudgement = "apply" | "same" | "late" | "lost" | "rival" | "replayed" | "forked" | "unlinked";

/** Judges one arriving record by its revision, its predecessor and its version (rules: docs/client.md, Revisions). */
export function judgeRemote(
  known: KnownRecord | null,
  arriving: ArrivingRecord,
  { horizon, walk }: RemoteContext,
): RemoteJudgement {
  if (known === null) return "apply";
  // Of a deletion without an envelope only the version is known.
  if (known.hash === null) return walk === null && arriving.version < known.version ? "late" : "apply";
  if (equalBytes(known.hash, arriving.hash)) return "same";
  if (walk?.cause === "repair") return judgeRepair(known, arriving);
  if (isAfterCut(known, walk)) return judgeAfterCut(known, arriving, walk?.cutVersion ?? null);
  // A walk sends each record once, as it stands.
  if (arriving.version < known.version) return walk === null ? "late" : "replayed";
  if (isForgotten(known, horizon, walk !== null)) return judgeBegunAnew(known, arriving);
  if (arriving.header.rev < known.rev) return "replayed";
  if (known.isUnreadable === true) return "apply";
  if (arriving.version === known.version || arriving.header.rev === known.rev) return "forked";
  if (arriving.header.rev === known.rev + 1 && !follows(arriving, known)) return "unlinked";
  return "apply";
}

/**
 * What the server has was proved a moment ago, and what is here is damaged. That is no leave to show something else now: what is
 * whole here gives way to its successors alone.
 */
function judgeRepair(known: KnownRecord, arriving: ArrivingRecord): RemoteJudgement {
  if (known.version === 0 || arriving.header.rev > known.rev) return "apply";
  if (known.isIntact?.() !== true) return "apply";
  return arriving.header.rev < known.rev ? "replayed" : "forked";
}

/**
 * That a tombstone was purged is the server's word: a record begun anew says something new, and no old revision does. What says
 * nothing new and was never seen here may be the edit of a device that was away for long: it is merged, and the journal tells.
 */
function judgeBegunAnew(known: KnownRecord, arriving: ArrivingRecord): RemoteJudgement {
  if (known.version === 0 || arriving.header.rev >= known.rev || arriving.isUndated === true) return "apply";
  if (arriving.isOlder?.() !== true) return "apply";
  return wasSeen(known, arriving) ? "replayed" : "rival";
}

/** Whether what is here was made from it, as far as this device knows. */
function wasSeen(known: KnownRecord, { hash }: ArrivingRecord): boolean {
  return (known.prevHash != null && equalBytes(known.prevHash, hash)) || isAmong(known.ancestors, hash);
}

/**
 * What is here was written after the point where the server's history was cut, so the server may have lost it; or it is known to
 * be lost, and until it is there again whatever arrives may have been made without it.
 */
function isAfterCut({ version, isProposed }: KnownRecord, walk: RemoteContext["walk"]): boolean {
  if (isProposed === true) return true;
  return walk?.cause === "epoch" && (walk.cutVersion === null || version > walk.cutVersion);
}

/**
 * Deleted, forgotten and begun anew, a record counts its revisions from any number. Whoever follows the cursor has seen each
 * deletion; a resync may have missed it.
 */
function isForgotten({ kind, version }: KnownRecord, horizon: number, isResync: boolean): boolean {
  return version === 0 || (version <= horizon && (kind === "tombstone" || isResync));
}

function judgeAfterCut(known: KnownRecord, arriving: ArrivingRecord, cutVersion: number | null): RemoteJudgement {
  // What nobody can open is not sent over what can be.
  if (known.isUnreadable === true) return "rival";
  if (arriving.header.rev < known.rev) return isAncestor(known, arriving, cutVersion) ? "lost" : "rival";
  if (arriving.header.rev === known.rev + 1 && follows(arriving, known)) return "apply";
  return "rival";
}

/**
 * Whether a lower revision is one that what is here was made of: what the server had left, or what another device has sent again.
 * Somebody may as well have gone on from what was left, without knowing of what is here: stamps do not tell, only the chain does.
 */
function isAncestor(known: KnownRecord, arriving: ArrivingRecord, cutVersion: number | null): boolean {
  if (arriving.header.rev === known.rev - 1 && known.prevHash != null) {
    return equalBytes(known.prevHash, arriving.hash);
  }
  if (isAmong(known.ancestors, arriving.hash)) return true;
  return cutVersion === null
    ? known.changedAt !== undefined && arriving.changedAt !== undefined && arriving.changedAt < known.changedAt
    : arriving.version <= cutVersion;
}

function follows({ header }: ArrivingRecord, known: KnownRecord): boolean {
  return header.prevHash !== null && known.hash !== null && equalBytes(header.prevHash, known.hash);
}
