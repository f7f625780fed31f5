import {
  type CollectionKeyring,
  type Content,
  hashEnvelope,
  isCryptoError,
  type RandomBytes,
  readHeader,
} from "@owlivion/sync-crypto";
import { limits } from "@owlivion/sync-protocol";
import { toPutContent } from "../merge/record-value.ts";
import { type OutboxRow, type RecordRow, type ViewRow } from "../store/rows.ts";

/** One local edit with what it stands on. */
export interface PendingChange {
  readonly outbox: OutboxRow;
  readonly known: RecordRow | undefined;
  readonly view: ViewRow | undefined;
  /** The server's record cannot be opened here. */
  readonly isUnreadable?: boolean;
}

/** A change as it goes out, in the words of the wire. */
export interface WireChange {
  readonly record_id: string;
  readonly change_type: "insert" | "update" | "delete";
  readonly encrypted_record: Uint8Array;
  readonly record_nonce: Uint8Array;
  readonly record_checksum: Uint8Array;
  readonly base_version: number;
}

export interface PushPlan {
  readonly changes: readonly WireChange[];
  readonly entries: readonly { readonly recordId: string; readonly edit: number }[];
  /** Edits that cannot be sealed; they are held. */
  readonly tooLarge: readonly OutboxRow[];
  /** Edits of nothing: there is no record any more. */
  readonly empty: readonly OutboxRow[];
}

export interface PlanLimits {
  readonly maxChanges: number;
  readonly maxBytes: number;
}

/** Ciphertext of one batch: well below what a server and the proxies before it take. */
export const pushLimits: PlanLimits = { maxChanges: limits.maxBatchChanges, maxBytes: 4 * 1024 * 1024 };

/** Seals edits into a batch, in their order, as many as fit. */
export function planPush(
  keys: CollectionKeyring,
  device: string,
  pending: readonly PendingChange[],
  random: RandomBytes,
  { maxChanges, maxBytes }: PlanLimits = pushLimits,
): PushPlan {
  const changes: WireChange[] = [];
  const entries: { recordId: string; edit: number }[] = [];
  const tooLarge: OutboxRow[] = [];
  const empty: OutboxRow[] = [];
  let bytes = 0;
  for (const change of pending) {
    if (changes.length === maxChanges) break;
    const { outbox, known } = change;
    const sealed = sealChange(keys, device, change, random);
    if (sealed === "too_large") tooLarge.push(outbox);
    else if (sealed === "empty") empty.push(outbox);
    if (typeof sealed === "string") continue;
    bytes += sealed.length;
    if (bytes > maxBytes && changes.length > 0) break;
    changes.push(toWire(outbox, known, sealed));
    entries.push({ recordId: outbox.recordId, edit: outbox.edit });
  }
  return { changes, entries, tooLarge, empty };
}

/** What an edit says, sealed to be kept on the device; null when it cannot be. */
export function sealEdit(
  keys: CollectionKeyring,
  device: string,
  change: PendingChange,
  random: RandomBytes,
): Uint8Array | null {
  const sealed = sealChange(keys, device, change, random);
  return typeof sealed === "string" ? null : sealed;
}

function sealChange(
  keys: CollectionKeyring,
  device: string,
  { outbox, known, view, isUnreadable }: PendingChange,
  random: RandomBytes,
): Uint8Array | "too_large" | "empty" {
  if (outbox.sealed !== null) return outbox.sealed;
  const content = contentOf(outbox, view);
  if (content === null) return "empty";
  const draft = {
    recordId: outbox.recordId,
    device,
    rev: (known?.rev ?? 0) + (isUnreadable === true || known?.hash === null ? leap : 1),
    prevHash: known?.hash ?? null,
    content,
  };
  try {
    return keys.seal(draft, random);
  } catch (error) {
    if (isCryptoError(error) && error.code === "RECORD_TOO_LARGE") return "too_large";
    throw error;
  }
}

/**
 * Over a record that cannot be opened here, or a deletion of which only the version is known: its revision is not known either. So far
 * above that nobody who has it takes this for the next after theirs.
 */
const leap = 2 ** 20;

function contentOf(outbox: OutboxRow, view: ViewRow | undefined): Content | null {
  if (outbox.kind === "put") return view === undefined ? null : toPutContent(view);
  return { kind: "tombstone", schema: 1, stamp: outbox.stamp, confirmation: outbox.confirmation };
}

function toWire(outbox: OutboxRow, known: RecordRow | undefined, envelope: Uint8Array): WireChange {
  const isLive = known?.kind === "put" && known.version > 0;
  return {
    record_id: outbox.recordId,
    change_type: outbox.kind === "delete" ? "delete" : isLive ? "update" : "insert",
    encrypted_record: envelope,
    record_nonce: readHeader(envelope).nonce,
    record_checksum: hashEnvelope(envelope),
    base_version: known?.version ?? 0,
  };
}
