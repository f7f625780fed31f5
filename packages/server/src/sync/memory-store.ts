import { randomBytes, randomUUID } from "node:crypto";
import { limits, type Micros } from "@owlivion/sync-protocol";
import { ApiError } from "../errors.ts";
import { belowHorizon } from "./check-cursor.ts";
import { noTag } from "./cursor.ts";
import type { EpochStart } from "./judge-cursor.ts";
import { fingerprintOf } from "./decide-batch.ts";
import type { Decision, RecordState } from "./model.ts";
import type {
  BatchRequest,
  CollectionHead,
  CollectionKey,
  CurrentRecord,
  DeltaStore,
  HeadProof,
  OpenBatch,
  Page,
  PageQuery,
  PageRow,
  SincePage,
  SinceQuery,
  StatusRow,
  StoredBatch,
} from "./store.ts";

interface Entry extends PageRow {
  readonly prevVersion: number;
  supersededVersion: number;
  stampAt: Micros;
  stampDeviceId: string;
  readonly fingerprint: string;
}

interface BatchRow extends StoredBatch {
  readonly tag: Buffer;
}

interface Collection {
  head: number;
  lastChangedAt: Micros;
  horizon: number;
  horizonAt: Micros;
  historyHorizon: number;
  /** The log by version; purged entries are gone. */
  log: Map<number, Entry>;
  current: Map<string, Entry>;
  tombstones: Map<string, Entry>;
  batches: BatchRow[];
  proof: HeadProof | null;
  lastSync: { at: Micros; deviceId: string } | null;
  epochStarts: Map<string, number>;
  /** The end of the queue for the collection's lock. */
  lock: Promise<unknown>;
}

interface KeyedBatch extends BatchRow {
  readonly dataType: string;
  readonly requestHash: Buffer;
}

/** The delta protocol in memory: one process, nothing durable, the same answers as PostgreSQL (`store.contract.ts`). */
export class MemoryStore implements DeltaStore {
  readonly #clock: () => Micros;
  readonly #collections = new Map<string, Collection>();
  readonly #keys = new Map<string, KeyedBatch>();
  readonly #epochs: { epoch: string; isExact: boolean }[] = [{ epoch: randomUUID(), isExact: true }];

  constructor(clock: () => Micros) {
    this.#clock = clock;
  }

  async withBatch<T>(request: BatchRequest, work: (open: OpenBatch) => Promise<T>): Promise<T> {
    const collection = this.#open(request);
    const turn = collection.lock.then(() => this.#workOn(collection, request, work));
    collection.lock = turn.catch(() => {});
    return await turn;
  }

  async #workOn<T>(c: Collection, request: BatchRequest, work: (open: OpenBatch) => Promise<T>): Promise<T> {
    const { batch, idempotency } = request;
    const keyed = idempotency === null ? undefined : this.#keys.get(keyOf(request, idempotency.key));
    const now = this.#clock();
    let commit = () => {};
    const result = await work({
      state: {
        now,
        head: c.head,
        lastChangedAt: c.lastChangedAt,
        horizonAt: c.horizonAt,
        usage: this.#usageOf(request.userId),
        records: new Map(batch.changes.flatMap(({ recordId }) => stateOf(c, recordId))),
      },
      epoch: this.#epoch,
      replay:
        keyed === undefined
          ? null
          : {
              ...keyed,
              isSameRequest:
                keyed.dataType === request.dataType && idempotency?.requestHash.equals(keyed.requestHash) === true,
            },
      readPage: async (query) => this.#page(c, query),
      readCurrent: async (recordIds) => readCurrent(c, recordIds),
      apply: async (decision, answer) => {
        // The same key on two collections at once: neither lock kept the other out.
        if (idempotency !== null && decision.rows.length > 0 && this.#keys.has(keyOf(request, idempotency.key))) {
          throw new ApiError("IDEMPOTENCY_KEY_REUSED");
        }
        const tag = randomBytes(8);
        commit = () => this.#apply(c, request, decision, { answer, tag, now });
        return tag;
      },
    });
    commit();
    return result;
  }

  #apply(c: Collection, request: BatchRequest, decision: Decision, by: { answer: Buffer; tag: Buffer; now: Micros }) {
    const { batch, idempotency } = request;
    for (const { version, byVersion } of decision.replaced) c.log.get(version)!.supersededVersion = byVersion;
    const headBefore = c.head;
    for (const [i, row] of decision.rows.entries()) {
      const change = batch.changes[row.changeIndex]!;
      const { offset, length, nonceLength } = change;
      const slice = (from: number, size: number) => (length === 0 ? null : batch.bytes.subarray(from, from + size));
      const entry: Entry = {
        changeType: row.changeType,
        version: headBefore + 1 + i,
        recordId: change.recordId,
        deviceId: batch.deviceId,
        changedAt: decision.firstChangedAt + i,
        record: slice(offset, length),
        nonce: slice(offset + length, nonceLength),
        checksum: slice(offset + length + nonceLength, limits.checksumBytes),
        prevVersion: row.prevVersion,
        supersededVersion: row.supersededVersion,
        stampAt: row.stampAt,
        stampDeviceId: row.stampDeviceId,
        fingerprint: fingerprintOf(change, batch),
      };
      c.log.set(entry.version, entry);
      c.current.delete(entry.recordId);
      c.tombstones.delete(entry.recordId);
      (entry.changeType === 2 ? c.tombstones : c.current).set(entry.recordId, entry);
    }
    for (const { recordId, stampAt } of decision.raised) {
      const entry = c.current.get(recordId) ?? c.tombstones.get(recordId);
      if (entry !== undefined) Object.assign(entry, { stampAt, stampDeviceId: batch.deviceId });
    }
    if (decision.rows.length === 0) return;
    c.head = headBefore + decision.rows.length;
    c.lastChangedAt = decision.firstChangedAt + decision.rows.length - 1;
    c.lastSync = { at: by.now, deviceId: batch.deviceId };
    const row: BatchRow = {
      headBefore,
      headAfter: c.head,
      firstChangedAt: decision.firstChangedAt,
      answer: by.answer,
      tag: by.tag,
    };
    c.batches.push(row);
    if (idempotency !== null) {
      const keyed = { ...row, dataType: request.dataType, requestHash: idempotency.requestHash };
      this.#keys.set(keyOf(request, idempotency.key), keyed);
    }
  }

  async readPage(query: PageQuery): Promise<Page> {
    return this.#page(this.#find(query), query);
  }

  #page(c: Collection, query: Omit<PageQuery, keyof CollectionKey>): Page {
    const { after, asOf, except } = query;
    const head = this.#head(c, query.lineageVersion);
    if (asOf !== undefined) {
      const past = [...c.log.values()].filter(
        (entry) =>
          entry.version > after &&
          entry.version <= asOf &&
          entry.changeType !== 2 &&
          (entry.supersededVersion === 0 || entry.supersededVersion > asOf),
      );
      return cut(head, past, query.limit);
    }
    const floor = query.tombstonesAfter === "head" ? c.head : Math.max(query.tombstonesAfter, after);
    const isOther = (version: number) => except === undefined || version <= except.from || version > except.to;
    return cut(
      head,
      [
        ...[...c.current.values()].filter((entry) => entry.version > after && isOther(entry.version)),
        ...[...c.tombstones.values()].filter((entry) => entry.version > floor && isOther(entry.version)),
      ],
      query.limit,
    );
  }

  async readSince(query: SinceQuery): Promise<SincePage> {
    const c = this.#find(query);
    const sinceVersion = versionAt(c, query.since);
    if (sinceVersion < c.horizon) throw belowHorizon("CURSOR_EXPIRED", c);
    const changes = [...c.current.values()].filter((entry) => entry.version > sinceVersion);
    const deleted = [...c.tombstones.values()].filter((entry) => entry.version > sinceVersion);
    const rows = (query.only === "all" ? [...changes, ...deleted] : deleted).filter(
      (entry) => entry.version > sinceVersion + query.offset,
    );
    return {
      ...cut(this.#head(c, 0), rows, query.limit),
      sinceVersion,
      totalChanges: changes.length,
      totalDeleted: deleted.length,
    };
  }

  async versionAt(key: CollectionKey, at: Micros): Promise<{ version: number; isExact: boolean }> {
    const c = this.#find(key);
    const version = versionAt(c, at);
    return { version, isExact: version > 0 || (c.batches[0]?.headBefore ?? 0) === 0 };
  }

  async readHistory(query: CollectionKey & { recordId: string; before: number; limit: number }): Promise<Page> {
    const c = this.#find(query);
    const chain: Entry[] = [];
    const newest = c.current.get(query.recordId) ?? c.tombstones.get(query.recordId);
    for (let at = newest?.version ?? 0; c.log.has(at); at = c.log.get(at)!.prevVersion) {
      if (at < query.before) chain.push(c.log.get(at)!);
    }
    return cut(this.#head(c, 0), chain, query.limit, -1);
  }

  async putProof(key: CollectionKey, proof: HeadProof): Promise<"stored" | "head-moved"> {
    const c = this.#find(key);
    if (c.head === 0 || c.head !== proof.version || proof.epoch !== this.#epoch) return "head-moved";
    c.proof = proof;
    return "stored";
  }

  async readStatus(userId: string): Promise<ReadonlyMap<string, StatusRow>> {
    return new Map(
      [...this.#collections]
        .filter(([name]) => name.startsWith(`${userId} `))
        .map(([name, c]) => [
          name.slice(userId.length + 1),
          {
            head: c.head,
            blobVersion: null,
            epoch: this.#epoch,
            horizon: c.horizon,
            recordCount: c.current.size,
            bytes: bytesOf(c),
            lastSyncAt: c.lastSync?.at ?? null,
            deviceId: c.lastSync?.deviceId ?? null,
            proofVersion: c.proof?.version ?? null,
          },
        ]),
    );
  }

  async beginEpoch(expected: string): Promise<void> {
    if (this.#epoch === expected) this.#epochs.push({ epoch: randomUUID(), isExact: false });
  }

  async listEpochs(key: CollectionKey): Promise<readonly EpochStart[]> {
    return this.#epochStarts(this.#find(key));
  }

  /** Retention: forgets replaced changes, and deletions, up to a version. */
  sweepHistory(key: CollectionKey, upTo: number): void {
    const c = this.#find(key);
    for (const entry of c.log.values()) {
      if (entry.supersededVersion === 0 || entry.supersededVersion > upTo) continue;
      c.log.delete(entry.version);
      c.historyHorizon = Math.max(c.historyHorizon, entry.supersededVersion);
    }
  }

  /** Retention: forgets live tombstones up to a version. */
  sweepTombstones(key: CollectionKey, upTo: number): void {
    const c = this.#find(key);
    for (const entry of c.tombstones.values()) {
      if (entry.version > upTo) continue;
      c.tombstones.delete(entry.recordId);
      c.horizon = Math.max(c.horizon, entry.version);
      c.horizonAt = Math.max(c.horizonAt, entry.changedAt);
    }
  }

  get #epoch(): string {
    return this.#epochs.at(-1)!.epoch;
  }

  #epochStarts(c: Collection): EpochStart[] {
    return this.#epochs.map(({ epoch, isExact }) => ({
      epoch,
      version: isExact ? (c.epochStarts.get(epoch) ?? 0) : null,
    }));
  }

  #head(c: Collection, lineageVersion: number): CollectionHead {
    return {
      epoch: this.#epoch,
      head: c.head,
      horizon: c.horizon,
      historyHorizon: c.historyHorizon,
      lastChangedAt: c.lastChangedAt,
      tag: lineageVersion === 0 ? noTag : tagAt(c, lineageVersion),
      headTag: tagAt(c, c.head) ?? noTag,
      proof: c.proof,
      epochs: this.#epochStarts(c),
    };
  }

  #usageOf(userId: string) {
    const own = [...this.#collections].filter(([name]) => name.startsWith(`${userId} `)).map(([, c]) => c);
    return {
      records: own.reduce((sum, c) => sum + c.current.size, 0),
      bytes: own.reduce((sum, c) => sum + bytesOf(c), 0),
    };
  }

  #open(key: CollectionKey): Collection {
    const name = `${key.userId} ${key.dataType}`;
    const found = this.#collections.get(name) ?? emptyCollection();
    this.#collections.set(name, found);
    return found;
  }

  #find(key: CollectionKey): Collection {
    return this.#collections.get(`${key.userId} ${key.dataType}`) ?? emptyCollection();
  }
}

function emptyCollection(): Collection {
  return {
    head: 0,
    lastChangedAt: 0,
    horizon: 0,
    horizonAt: 0,
    historyHorizon: 0,
    log: new Map(),
    current: new Map(),
    tombstones: new Map(),
    batches: [],
    proof: null,
    lastSync: null,
    epochStarts: new Map(),
    lock: Promise.resolve(),
  };
}

function keyOf(request: BatchRequest, key: string): string {
  return `${request.userId} ${request.batch.deviceId} ${key}`;
}

function stateOf(c: Collection, recordId: string): [string, RecordState][] {
  const entry = c.current.get(recordId) ?? c.tombstones.get(recordId);
  if (entry === undefined) return [];
  const { version, stampAt, stampDeviceId, fingerprint } = entry;
  const isTombstone = entry.changeType === 2;
  const bytes = isTombstone ? 0 : (entry.record?.length ?? 0);
  return [[recordId, { isTombstone, version, stampAt, stampDeviceId, fingerprint, bytes }]];
}

function readCurrent(c: Collection, recordIds: readonly string[]): Map<string, CurrentRecord> {
  const found = new Map<string, CurrentRecord>();
  let bytes = 0;
  for (const recordId of recordIds) {
    const row = c.current.get(recordId) ?? c.tombstones.get(recordId);
    if (row === undefined) continue;
    bytes += row.record?.length ?? 0;
    found.set(recordId, { row, stampAt: row.stampAt, isTruncated: bytes > limits.maxPageBytes && found.size > 0 });
  }
  return found;
}

function versionAt(c: Collection, at: Micros): number {
  const batch = c.batches.findLast((one) => one.firstChangedAt <= at);
  return batch === undefined ? 0 : Math.min(batch.headAfter, batch.headBefore + 1 + (at - batch.firstChangedAt));
}

function tagAt(c: Collection, version: number): Buffer | null {
  return c.batches.find((batch) => batch.headBefore < version && version <= batch.headAfter)?.tag ?? null;
}

function bytesOf(c: Collection): number {
  return [...c.current.values()].reduce((sum, entry) => sum + (entry.record?.length ?? 0), 0);
}

/** Sorts by version and cuts at the limits, as a page of PostgreSQL does. */
function cut(head: CollectionHead, entries: readonly Entry[], limit: number, direction: 1 | -1 = 1): Page {
  const rows: Entry[] = [];
  let bytes = 0;
  for (const entry of entries.toSorted((a, b) => direction * (a.version - b.version))) {
    bytes += entry.record?.length ?? 0;
    if (rows.length === limit || (rows.length > 0 && bytes > limits.maxPageBytes)) break;
    rows.push(entry);
  }
  return { head, rows, hasMore: rows.length < entries.length };
}
