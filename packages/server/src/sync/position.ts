import type { Cursor } from "./cursor.ts";
import type { Page } from "./store.ts";

/** Where a walk begins: everything up to `version` is there already. */
export const ordinary = (version: number): Omit<Cursor, "epoch" | "tag"> => ({
  version,
  anchor: null,
  isFirst: false,
  wantsTombstones: false,
  asOf: null,
});

/**
 * The cursor after a page. A page that is not full ends at the snapshot's head (or at `ownHead`, when the caller's batch
 * follows it at once). In the middle of a walk the snapshot's head is the anchor, so that no page needs a batch from long
 * ago; a first download keeps its own anchor until it has passed it.
 */
export function nextCursor(
  from: Omit<Cursor, "epoch" | "tag"> & { readonly tag?: Buffer },
  page: Page,
  ownHead: { readonly head: number; readonly tag: Buffer } | null,
): Cursor {
  const { head, epoch, headTag } = page.head;
  const last = page.rows.at(-1)?.version;
  if (!page.hasMore || last === undefined) {
    return { ...ordinary(ownHead?.head ?? head), epoch, tag: ownHead?.tag ?? headTag };
  }
  if (from.isFirst && from.anchor !== null && last < from.anchor) {
    return { ...from, epoch, version: last, tag: from.tag ?? headTag };
  }
  return { ...ordinary(last), anchor: head, epoch, tag: headTag };
}
