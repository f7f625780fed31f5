import { formatInstant } from "@owlivion/sync-protocol";
import type { Outcome } from "./model.ts";
import { renderCurrent, renderRows } from "./render.ts";
import type { BatchRequest } from "./store.ts";
import type { UploadResult } from "./upload-delta.ts";
import type { Wire } from "./wire.ts";

/** The reply's data; the results are the same bytes on every replay. */
export function renderUpload(request: BatchRequest, result: UploadResult, nextCursor: string | null, wire: Wire) {
  const { changes } = request.batch;
  const { outcomes } = result.answer;
  const told = new Set<string>();
  const conflicts = outcomes.flatMap((outcome, index) => {
    if (outcome.status !== "conflict") return [];
    const recordId = changes[index]!.recordId;
    const current = result.currents.get(recordId);
    // The record itself once, at its first conflict: a batch may name it a thousand times.
    const isTruncated = current !== undefined && (current.isTruncated || told.has(recordId));
    told.add(recordId);
    return [
      {
        index,
        record_id: recordId,
        reason: outcome.reason,
        server_version: current?.row.version ?? null,
        server_timestamp: current === undefined ? null : formatInstant(current.stampAt),
        current: current === undefined || isTruncated ? null : renderCurrent(current.row, wire),
        ...(isTruncated ? { truncated: true } : {}),
      },
    ];
  });
  return {
    data_type: request.dataType,
    version: result.head,
    epoch: result.epoch,
    processed_count: outcomes.length - conflicts.length,
    conflict_count: conflicts.length,
    results: outcomes.map((outcome, index) => renderResult(changes[index]!.recordId, outcome, result)),
    synced_at: formatInstant(result.answer.syncedAt),
    ...(result.answer.clockSkewMs === null ? {} : { clock_skew_ms: result.answer.clockSkewMs }),
    ...(conflicts.length === 0 ? {} : { conflicts }),
    ...(result.delta === null
      ? {}
      : { delta: { ...renderRows(result.delta.page.rows, wire), has_more: result.delta.page.hasMore } }),
    ...(nextCursor === null ? {} : { next_cursor: nextCursor }),
  };
}

function renderResult(recordId: string, outcome: Outcome, result: UploadResult) {
  if (outcome.status === "conflict") return { record_id: recordId, status: outcome.status };
  if (outcome.status === "unchanged") {
    return { record_id: recordId, status: outcome.status, version: outcome.version };
  }
  const changedAt = result.firstChangedAt + (outcome.version - result.headBefore - 1);
  return {
    record_id: recordId,
    status: outcome.status,
    version: outcome.version,
    changed_at: formatInstant(changedAt),
  };
}
