import { noTag, type Cursor } from "./cursor.ts";
import type { CollectionKey, DeltaStore, Page } from "./store.ts";

/** Where the next cursor stands; `tag` null: it has yet to be looked up. */
export type Position = Omit<Cursor, "tag"> & { readonly tag: Buffer | null };

/**
 * Where a walk stands after a page. A page that is not full ends at the snapshot's head (or at `ownHead`, when the
 * caller's batch follows it at once); a first download keeps its start head until it has passed it.
 */
export function nextPosition(
  from: Omit<Cursor, "epoch" | "tag">,
  page: Page,
  ownHead: { readonly head: number; readonly tag: Buffer } | null,
): Position {
  const { head, epoch, headTag } = page.head;
  const done = { epoch, startHead: null, wantsTombstones: false, asOf: null };
  const last = page.rows.at(-1)?.version;
  if (!page.hasMore || last === undefined) {
    return ownHead === null
      ? { ...done, version: head, tag: headTag }
      : { ...done, version: ownHead.head, tag: ownHead.tag };
  }
  if (from.startHead !== null && last < from.startHead) {
    return { ...from, epoch, version: last, tag: null };
  }
  return { ...done, version: last, tag: null };
}

/** Looks up the tag of a position that stands in the middle of the history. */
export async function tagged(store: DeltaStore, key: CollectionKey, position: Position): Promise<Cursor> {
  const version = position.asOf ?? position.startHead ?? position.version;
  return { ...position, tag: position.tag ?? (version === 0 ? noTag : await store.tagOf(key, version)) };
}
