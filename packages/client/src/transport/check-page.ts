import { SyncError } from "../errors.ts";
import type { WirePage } from "./delta-schemas.ts";
import type { Page, RemoteRow } from "./replies.ts";

export interface PageRequest {
  readonly dataType: string;
  readonly limit: number;
}

/**
 * What a page must be besides well-formed, so that a walk ends and nothing is applied twice: of the collection asked for, at
 * most `limit` rows, each record and each version once, nothing above the head, and one row at least while more follow.
 */
export function checkPage(page: WirePage, request: PageRequest): Page {
  const rows = inVersionOrder(page.changes, page.deleted);
  if (page.data_type !== request.dataType) throw invalid("a page of another collection");
  if (rows.length > request.limit) throw invalid("more rows than were asked for");
  if (page.pagination.has_more && rows.length === 0) throw invalid("more is promised, and nothing given");
  if (rows.some((row) => row.version > page.head)) throw invalid("a version above the head");
  if (page.horizon > page.head) throw invalid("a horizon above the head");
  if ((page.proof?.version ?? 0) > page.head) throw invalid("a proof above the head");
  return {
    rows,
    hasMore: page.pagination.has_more,
    nextCursor: page.next_cursor,
    epoch: page.epoch,
    head: page.head,
    horizon: page.horizon,
    proof: page.proof ?? null,
    asOf: page.as_of ?? null,
  };
}

/** Puts and tombstones in one order; a record or a version that comes twice is refused. */
export function inVersionOrder(puts: readonly RemoteRow[], tombstones: readonly RemoteRow[]): RemoteRow[] {
  const rows = [...puts, ...tombstones].sort((a, b) => a.version - b.version);
  if (rows.some((row, i) => row.version === rows[i - 1]?.version)) throw invalid("a version twice");
  if (new Set(rows.map((row) => row.recordId)).size !== rows.length) throw invalid("a record twice");
  return rows;
}

export function invalid(problem: string): SyncError {
  return new SyncError("INVALID_REPLY", { message: `The server's answer breaks the protocol: ${problem}.` });
}
