import type { Content, JsonObject } from "@owlivion/sync-crypto";
import type { MergePolicy } from "../data-types/data-type.ts";
import { equalJson } from "../merge/equal-json.ts";
import { mergeValues } from "../merge/merge-values.ts";
import type { RecordValue } from "../merge/record-value.ts";
import type { ConflictKind } from "../store/rows.ts";

/** A local edit that the server has not accepted yet. */
export type PendingEdit = { readonly kind: "put"; readonly value: RecordValue } | { readonly kind: "delete" };

export interface ReconcileInput {
  /** What the pending edit was made on; null when there was nothing, or it is not known. */
  readonly base: RecordValue | null;
  readonly pending: PendingEdit | null;
  readonly remote: Content;
  readonly policy: MergePolicy;
}

export interface ReconciledRecord {
  /** What is visible from now on; null: nothing, the record is deleted. */
  readonly visible: RecordValue | null;
  /** What is left to push on top of the remote record. */
  readonly pending: "put" | "delete" | null;
  readonly journal: JournalDraft | null;
}

/** What goes into the conflict journal. */
export interface JournalDraft {
  readonly kind: ConflictKind;
  readonly base: JsonObject | null;
  readonly local: JsonObject | null;
  readonly remote: JsonObject | null;
  readonly merged: JsonObject | null;
  readonly clashes: readonly string[];
}

/** Brings a remote record and a local edit of it together. Nothing is lost: what does not stay visible is in the journal. */
export function reconcileRecord({ base, pending, remote, policy }: ReconcileInput): ReconciledRecord {
  const remoteValue = remote.kind === "put" ? remote : null;
  if (pending === null) return { visible: remoteValue, pending: null, journal: null };
  if (pending.kind === "delete") return reconcileDeletion(base, remoteValue);
  if (remoteValue === null) {
    const journal = journalOf("edit_kept", base, pending.value, null, pending.value, []);
    return { visible: pending.value, pending: "put", journal };
  }
  const { value, clashes } = mergeValues(base, pending.value, remoteValue, policy);
  const journal = clashes.length === 0 ? null : journalOf("fields", base, pending.value, remoteValue, value, clashes);
  return { visible: value, pending: isSameValue(value, remoteValue) ? null : "put", journal };
}

/** Edit beats delete: a deletion stands only when the record is what was deleted. */
function reconcileDeletion(base: RecordValue | null, remote: RecordValue | null): ReconciledRecord {
  if (remote === null) return { visible: null, pending: null, journal: null };
  if (base !== null && equalJson(base.fields, remote.fields))
    return { visible: null, pending: "delete", journal: null };
  const journal = journalOf("edit_kept", base, null, remote, remote, []);
  return { visible: remote, pending: null, journal };
}

/** Whether two values are byte for byte the same content. */
export function isSameValue(a: RecordValue, b: RecordValue): boolean {
  return a.schema === b.schema && equalJson(a.fields, b.fields) && equalJson(a.stamps as never, b.stamps as never);
}

function journalOf(
  kind: ConflictKind,
  base: RecordValue | null,
  local: RecordValue | null,
  remote: RecordValue | null,
  merged: RecordValue | null,
  clashes: readonly string[],
): JournalDraft {
  const fieldsOf = (value: RecordValue | null) => value?.fields ?? null;
  return {
    kind,
    base: fieldsOf(base),
    local: fieldsOf(local),
    remote: fieldsOf(remote),
    merged: fieldsOf(merged),
    clashes,
  };
}
