import type { Contact } from "@owlivion/sync-client/data-types";
import type { ContactIndex, IndexKey } from "./contact-index.ts";

export type DuplicateReason = "email" | "phone" | "name";

/** Another contact that may be the same person: for the person to decide, never merged by itself. */
export interface LikelyDuplicate {
  /** Null: it is new in this import as well. */
  readonly id: string | null;
  readonly contact: Contact;
  /** What both have. */
  readonly reasons: readonly DuplicateReason[];
}

/** As many as a person can look at. */
const maxDuplicates = 5;

/** A number or an address that more than these have is a company's, and tells nothing of a person. */
const mostSharing = 20;

interface IndexedContact {
  readonly id: string | null;
  readonly after: Contact;
}

const reasonKeys: readonly (readonly [DuplicateReason, IndexKey])[] = [
  ["email", "email"],
  ["phone", "phone"],
  ["name", "words"],
];

/** Others of the index that share something with an entry, those that share most first. */
export function likelyDuplicates<Entry extends IndexedContact>(
  index: ContactIndex<Entry>,
  entry: Entry,
): readonly LikelyDuplicate[] {
  const reasons = new Map<Entry, DuplicateReason[]>();
  for (const [reason, key] of reasonKeys) {
    for (const other of index.find(entry.after, key, mostSharing)) {
      if (other !== entry) reasons.set(other, [...(reasons.get(other) ?? []), reason]);
    }
  }
  return [...reasons]
    .map(([{ id, after }, shared]) => ({ id, contact: after, reasons: shared }))
    .toSorted((a, b) => b.reasons.length - a.reasons.length)
    .slice(0, maxDuplicates);
}
