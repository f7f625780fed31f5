import { limits, type RecordHistoryQuery } from "@owlivion/sync-protocol";
import { parseRecordId } from "./parse-upload.ts";
import { renderHistory } from "./render.ts";
import type { CollectionKey, DeltaStore } from "./store.ts";
import type { Wire } from "./wire.ts";

/** `GET /sync/:data_type/records/:record_id/history`: newest first, as far back as the history reaches. */
export async function recordHistory(
  store: DeltaStore,
  key: CollectionKey,
  id: string,
  query: RecordHistoryQuery,
  wire: Wire,
) {
  const recordId = parseRecordId(id);
  const limit = query.limit ?? limits.defaultPageRows;
  const before = query.before ?? Number.MAX_SAFE_INTEGER;
  const page = await store.readHistory({ ...key, recordId, before, limit });
  return {
    data_type: key.dataType,
    record_id: recordId,
    history: renderHistory(page.rows, wire),
    history_horizon: page.head.historyHorizon,
    pagination: {
      limit,
      returned_count: page.rows.length,
      has_more: page.hasMore,
      next_before: page.hasMore ? page.rows.at(-1)!.version : null,
    },
  };
}
