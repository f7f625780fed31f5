import { limits, type Micros } from "@owlivion/sync-protocol";
import { noTag } from "../cursor.ts";
import type { EpochStart } from "../judge-cursor.ts";
import type { CollectionHead, CollectionKey, CurrentRecord, Page, PageQuery, PageRow } from "../store.ts";
import {
  type BatchRow,
  type CollectionRow,
  type EpochRow,
  everything,
  type LogRow,
  type MemoryTables,
  neverWritten,
  partitionOf,
  type TombstoneRow,
} from "./memory-rows.ts";

/** Each of these reads one snapshot: nothing else runs meanwhile. */
export class MemoryReads {
  readonly #tables: MemoryTables;

  constructor(tables: MemoryTables) {
    this.#tables = tables;
  }

  get epoch(): EpochRow {
    let newest: EpochRow | undefined;
    for (const row of this.#tables.epochs.rows(everything)) {
      if (newest === undefined || row.epochNo > newest.epochNo) newest = row;
    }
    if (newest === undefined) throw new Error("the database has no epoch");
    return newest;
  }

  epochs(): EpochRow[] {
    return [...this.#tables.epochs.rows(everything)].toSorted((a, b) => a.epochNo - b.epochNo);
  }

  collection({ userId, dataType }: CollectionKey): CollectionRow | undefined {
    return this.#tables.collections.get(userId, dataType);
  }

  /** As epochStartsSql: at its head, while it was not written since. */
  epochStarts(key: CollectionKey): EpochStart[] {
    const row = this.collection(key);
    return this.epochs().map(({ epoch, epochNo, isExact }) => ({
      epoch,
      version: isExact
        ? (this.#tables.epochStarts.get(partitionOf(key), epochNo) ??
          (row !== undefined && epochNo > row.epochNo ? row.head : 0))
        : null,
    }));
  }

  head(key: CollectionKey, lineageVersion: number): CollectionHead {
    const row = this.collection(key) ?? neverWritten;
    return {
      epoch: this.epoch.epoch,
      head: row.head,
      horizon: row.horizon,
      historyHorizon: row.historyHorizon,
      lastChangedAt: row.lastChangedAt,
      tag: lineageVersion === 0 ? noTag : this.#tagAt(key, lineageVersion),
      headTag: this.#tagAt(key, row.head) ?? noTag,
      proof: row.proof,
      epochs: this.epochStarts(key),
    };
  }

  page(key: CollectionKey, query: Omit<PageQuery, keyof CollectionKey>): Page {
    const { after, asOf, except, limit } = query;
    const head = this.head(key, query.lineageVersion);
    if (asOf !== undefined) {
      const isThere = (row: LogRow) =>
        row.changeType !== 2 && (row.supersededVersion === 0 || row.supersededVersion > asOf);
      return cut(head, this.#log(key, after, Math.min(asOf, head.head), isThere, limit), limit);
    }
    const isOther = (version: number) => except === undefined || version <= except.from || version > except.to;
    const floor = query.tombstonesAfter === "head" ? head.head : Math.max(query.tombstonesAfter, after);
    const isLive = (row: LogRow) => row.supersededVersion === 0 && isOther(row.version);
    return cut(
      head,
      [
        ...this.#log(key, after, head.head, isLive, limit),
        ...this.tombstones(key, floor).filter((row) => isOther(row.version)),
      ],
      limit,
    );
  }

  current(key: CollectionKey, recordId: string): LogRow | TombstoneRow | undefined {
    const version = this.#tables.current.get(partitionOf(key), recordId);
    if (version !== undefined) return this.#tables.log.get(partitionOf(key), version);
    return this.#tables.tombstones.get(partitionOf(key), recordId);
  }

  /** For conflicts, in the order asked, until the payloads are too many. */
  currents(key: CollectionKey, recordIds: readonly string[]): Map<string, CurrentRecord> {
    const found = new Map<string, CurrentRecord>();
    let bytes = 0;
    for (const recordId of recordIds) {
      const row = this.current(key, recordId);
      if (row === undefined) continue;
      bytes += row.record?.length ?? 0;
      found.set(recordId, { row, stampAt: row.stampAt, isTruncated: bytes > limits.maxPageBytes && found.size > 0 });
    }
    return found;
  }

  tombstones(key: CollectionKey, after: number): TombstoneRow[] {
    return [...this.#tables.tombstones.rows(partitionOf(key))].filter((row) => row.version > after);
  }

  /** Versions are consecutive: what is newer is found by counting up. */
  live(key: CollectionKey, after: number): LogRow[] {
    const { head } = this.collection(key) ?? neverWritten;
    return this.#log(key, after, head, (row) => row.supersededVersion === 0);
  }

  chain(key: CollectionKey, recordId: string, before: number): LogRow[] {
    const chain: LogRow[] = [];
    const newest = this.current(key, recordId)?.version ?? 0;
    for (let row = this.logRow(key, newest); row !== undefined; row = this.logRow(key, row.prevVersion)) {
      if (row.version < before) chain.push(row);
    }
    return chain;
  }

  logRow(key: CollectionKey, version: number): LogRow | undefined {
    return this.#tables.log.get(partitionOf(key), version);
  }

  /** As the function of migration 002. */
  versionAt(key: CollectionKey, at: Micros): number {
    const oldest = this.oldestBatch(key);
    for (let batch = this.newestBatch(key); batch !== undefined; batch = this.#batch(key, batch.headBefore)) {
      if (batch.firstChangedAt <= at) {
        return Math.min(batch.headAfter, batch.headBefore + 1 + (at - batch.firstChangedAt));
      }
    }
    let version = 0;
    const until = oldest?.headBefore ?? 0;
    for (const row of [...this.#log(key, 0, until, isCurrent), ...this.tombstones(key, 0)]) {
      if (row.version <= until && row.changedAt <= at) version = Math.max(version, row.version);
    }
    return version;
  }

  newestBatch(key: CollectionKey): BatchRow | undefined {
    return this.#batch(key, this.collection(key)?.head ?? 0);
  }

  oldestBatch(key: CollectionKey): BatchRow | undefined {
    let oldest = this.newestBatch(key);
    for (let older = oldest; older !== undefined; older = this.#batch(key, older.headBefore)) oldest = older;
    return oldest;
  }

  #batch(key: CollectionKey, headAfter: number): BatchRow | undefined {
    return this.#tables.batches.get(partitionOf(key), headAfter);
  }

  /** Eight bytes of the id of the batch that wrote a version; null when it is not kept. */
  #tagAt(key: CollectionKey, version: number): Buffer | null {
    const { head } = this.collection(key) ?? neverWritten;
    for (let headAfter = version; headAfter <= head && headAfter > 0; headAfter += 1) {
      const batch = this.#batch(key, headAfter);
      if (batch !== undefined) return batch.headBefore < version ? batch.tag : null;
    }
    return null;
  }

  #log(
    key: CollectionKey,
    after: number,
    upTo: number,
    isWanted: (row: LogRow) => boolean,
    limit = Number.MAX_SAFE_INTEGER,
  ): LogRow[] {
    const rows: LogRow[] = [];
    for (let version = after + 1; version <= upTo && rows.length <= limit; version += 1) {
      const row = this.logRow(key, version);
      if (row !== undefined && isWanted(row)) rows.push(row);
    }
    return rows;
  }
}

const isCurrent = (row: LogRow): boolean => row.supersededVersion === 0;

/** Sorts by version and cuts at the limits, as a page of PostgreSQL does. */
export function cut(head: CollectionHead, found: readonly PageRow[], limit: number, direction: 1 | -1 = 1): Page {
  const rows: PageRow[] = [];
  let bytes = 0;
  for (const row of found.toSorted((a, b) => direction * (a.version - b.version))) {
    bytes += row.record?.length ?? 0;
    if (rows.length === limit || (rows.length > 0 && bytes > limits.maxPageBytes)) break;
    rows.push(row);
  }
  return { head, rows, hasMore: rows.length < found.length };
}
