import { formatInstant, limits, parseInstant, type DownloadDeltaQuery, type Micros } from "@owlivion/sync-protocol";
import { ApiError } from "../errors.ts";
import { checkCursor, reportingEpochs } from "./check-cursor.ts";
import { lineageVersion, noTag, tombstoneFloor, type Cursor, type CursorCodec } from "./cursor.ts";
import { nextCursor, ordinary } from "./position.ts";
import { renderHead, renderRows } from "./render.ts";
import type { CollectionKey, DeltaStore, Page, SincePage } from "./store.ts";
import type { Wire } from "./wire.ts";

export interface DownloadPorts {
  readonly store: DeltaStore;
  readonly cursors: CursorCodec;
}

/** `GET /sync/:data_type/delta`, whichever form the query asks for. */
export function downloadDelta(ports: DownloadPorts, key: CollectionKey, query: DownloadDeltaQuery, wire: Wire) {
  return reportingEpochs(ports.store, key, () => {
    if (query.cursor !== undefined && query.since !== undefined) {
      throw new ApiError("INVALID_REQUEST", {
        details: [{ field: "querystring/since", problem: "goes without a cursor" }],
      });
    }
    if (query.as_of !== undefined) return downloadPast(ports, key, query, query.as_of, wire);
    if (query.cursor !== undefined) return downloadByCursor(ports, key, query, query.cursor, wire);
    if (query.since !== undefined) return downloadSince(ports, key, query, query.since, wire);
    throw new ApiError("MISSING_SINCE_PARAM");
  });
}

async function downloadByCursor(
  { store, cursors }: DownloadPorts,
  key: CollectionKey,
  query: DownloadDeltaQuery,
  text: string,
  wire: Wire,
) {
  const limit = query.limit ?? limits.defaultPageRows;
  const cursor = text === "initial" ? null : openCursor(cursors, key, text);
  if (cursor !== null && cursor.asOf !== null) return continuePast({ store, cursors }, key, cursor, limit, wire);
  const wantsTombstones = query.tombstones === true;
  const page = await store.readPage({
    ...key,
    limit,
    after: cursor?.version ?? 0,
    tombstonesAfter: cursor !== null ? tombstoneFloor(cursor) : wantsTombstones ? 0 : "head",
    lineageVersion: cursor === null ? 0 : lineageVersion(cursor),
  });
  if (cursor !== null) checkCursor(cursor, page.head);
  const from = cursor ?? { ...ordinary(0), anchor: page.head.head, isFirst: true, wantsTombstones };
  return renderPage({ store, cursors }, key, page, limit, nextCursor(from, page, null), wire);
}

async function downloadPast(
  ports: DownloadPorts,
  key: CollectionKey,
  query: DownloadDeltaQuery,
  asOf: string,
  wire: Wire,
) {
  const limit = query.limit ?? limits.defaultPageRows;
  if (query.since !== undefined) throw new ApiError("INVALID_AS_OF");
  if (query.cursor !== undefined && query.cursor !== "initial") {
    const cursor = openCursor(ports.cursors, key, query.cursor);
    if (cursor.asOf === null) throw new ApiError("INVALID_CURSOR");
    return continuePast(ports, key, cursor, limit, wire);
  }
  const version = await pastVersion(ports.store, key, asOf);
  const page = await readPast(ports.store, key, { version: 0, asOf: version }, limit);
  if (version > page.head.head) throw new ApiError("INVALID_AS_OF");
  if (version < page.head.historyHorizon) throw new ApiError("HISTORY_EXPIRED");
  return renderPast(ports, key, page, version, limit, wire);
}

async function continuePast(ports: DownloadPorts, key: CollectionKey, cursor: Cursor, limit: number, wire: Wire) {
  const asOf = cursor.asOf ?? 0;
  const page = await readPast(ports.store, key, { version: cursor.version, asOf }, limit);
  checkCursor(cursor, page.head);
  return renderPast(ports, key, page, asOf, limit, wire);
}

function readPast(store: DeltaStore, key: CollectionKey, at: { version: number; asOf: number }, limit: number) {
  return store.readPage({
    ...key,
    limit,
    after: at.version,
    tombstonesAfter: "head",
    lineageVersion: at.asOf,
    asOf: at.asOf,
  });
}

async function renderPast(
  ports: DownloadPorts,
  key: CollectionKey,
  page: Page,
  asOf: number,
  limit: number,
  wire: Wire,
) {
  const version = page.hasMore ? page.rows.at(-1)!.version : asOf;
  const next = { ...ordinary(version), asOf, epoch: page.head.epoch, tag: page.head.tag ?? noTag };
  return { ...renderPage(ports, key, page, limit, next, wire), as_of: asOf };
}

/** A version as it stands, or the one that a time stands for; a time ahead of the head is the head. */
async function pastVersion(store: DeltaStore, key: CollectionKey, text: string): Promise<number> {
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  const at = parseInstant(text);
  if (at === null) throw new ApiError("INVALID_AS_OF");
  const found = await store.versionAt(key, at);
  if (!found.isExact) throw new ApiError("HISTORY_EXPIRED");
  return found.version;
}

function renderPage(
  { cursors }: DownloadPorts,
  key: CollectionKey,
  page: Page,
  limit: number,
  next: Cursor,
  wire: Wire,
) {
  return {
    data_type: key.dataType,
    ...renderRows(page.rows, wire),
    pagination: { limit, returned_count: page.rows.length, has_more: page.hasMore },
    next_cursor: cursors.seal(next, key.userId, key.dataType),
    ...renderHead(page, wire),
  };
}

export type SinceReply = Awaited<ReturnType<typeof downloadSince>>;

async function downloadSince(
  { store, cursors }: DownloadPorts,
  key: CollectionKey,
  query: DownloadDeltaQuery,
  text: string,
  wire: Wire,
) {
  const since = parseSince(text);
  const limit = query.limit ?? limits.defaultPageRows;
  const offset = query.offset ?? 0;
  const page = await store.readSince({ ...key, since, limit, offset, only: "all" });
  const next = nextCursor(ordinary(0), page, null);
  return {
    data_type: key.dataType,
    since: formatInstant(since),
    ...renderRows(page.rows, wire),
    pagination: {
      total_changes: page.totalChanges,
      total_deleted: page.totalDeleted,
      limit,
      offset,
      returned_count: page.rows.length,
      has_more: page.hasMore,
      next_offset: nextOffset(page),
    },
    next_since: formatInstant(page.hasMore ? page.rows.at(-1)!.changedAt : page.head.lastChangedAt),
    next_cursor: cursors.seal(next, key.userId, key.dataType),
    ...renderHead(page, wire),
  };
}

/** A timestamp of a query. */
export function parseSince(text: string | undefined): Micros {
  if (text === undefined) throw new ApiError("MISSING_SINCE_PARAM");
  const since = parseInstant(text);
  if (since === null) throw new ApiError("INVALID_TIMESTAMP");
  return since;
}

/** Counted in versions from `since`, so that no write between two pages makes one skip. */
export function nextOffset(page: SincePage): number | null {
  return page.hasMore ? page.rows.at(-1)!.version - page.sinceVersion : null;
}

function openCursor(cursors: CursorCodec, key: CollectionKey, text: string): Cursor {
  const cursor = cursors.open(text, key.userId, key.dataType);
  if (cursor === null) throw new ApiError("INVALID_CURSOR");
  return cursor;
}
