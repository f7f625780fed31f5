import { formatInstant, limits, type DownloadDeletedQuery } from "@owlivion/sync-protocol";
import { nextOffset, parseSince } from "./download-delta.ts";
import { renderRows } from "./render.ts";
import type { CollectionKey, DeltaStore } from "./store.ts";
import type { Wire } from "./wire.ts";

/** `GET /sync/:data_type/deleted`: the live tombstones since a time. */
export async function downloadDeleted(store: DeltaStore, key: CollectionKey, query: DownloadDeletedQuery, wire: Wire) {
  const since = parseSince(query.since);
  const limit = query.limit ?? limits.defaultPageRows;
  const offset = query.offset ?? 0;
  const page = await store.readSince({ ...key, since, limit, offset, only: "tombstones" });
  return {
    data_type: key.dataType,
    since: formatInstant(since),
    deleted: renderRows(page.rows, wire).deleted,
    epoch: page.head.epoch,
    horizon: page.head.horizon,
    pagination: {
      total: page.totalDeleted,
      limit,
      offset,
      returned_count: page.rows.length,
      has_more: page.hasMore,
      next_offset: nextOffset(page),
    },
  };
}
