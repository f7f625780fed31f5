import { equalJson } from "../merge/equal-json.ts";
import { type ConflictRow, recordKey } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import type { JournalDraft } from "./reconcile-record.ts";

export interface JournalPlace {
  readonly dataType: string;
  readonly recordId: string;
  readonly remoteDeviceId: string | null;
  readonly nowMs: number;
  /** Makes the entry's id unique. */
  readonly id: string;
}

/** Writes a conflict down; null when an open entry says the same already, as after a page that came twice. */
export async function writeJournal(
  tx: WriteTransaction,
  draft: JournalDraft,
  { dataType, recordId, remoteDeviceId, nowMs, id }: JournalPlace,
): Promise<ConflictRow | null> {
  const entries = await tx.scan("conflicts", { prefix: `${recordKey(dataType, recordId)}/` });
  const isKnown = entries.some(
    (entry) =>
      entry.resolvedMs === null &&
      entry.kind === draft.kind &&
      equalJson(entry.local, draft.local) &&
      equalJson(entry.remote, draft.remote),
  );
  if (isKnown) return null;
  const row: ConflictRow = {
    ...draft,
    key: `${recordKey(dataType, recordId)}/${id}`,
    dataType,
    recordId,
    remoteDeviceId,
    sinceMs: nowMs,
    resolvedMs: null,
  };
  await tx.put("conflicts", row);
  return row;
}
