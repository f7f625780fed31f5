import type { CollectionKeyring, Content } from "@owlivion/sync-crypto";
import type { RecordRow } from "../store/rows.ts";

/** The content of an acknowledged record; null when there is no envelope, or it cannot be opened. */
export function openKnown(keys: CollectionKeyring, known: Pick<RecordRow, "recordId" | "envelope">): Content | null {
  if (known.envelope === null) return null;
  try {
    return keys.open(known.recordId, known.envelope).content;
  } catch {
    return null;
  }
}
