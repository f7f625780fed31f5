import { readCollection } from "../engine/collection-ledger.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import type { SyncedCollection } from "../engine/sync-collection.ts";
import type { Traffic } from "../transport/http-client.ts";

/** Bytes of bodies, as they are before the network compresses them. */
export interface Volume {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /**
   * What was not transferred because only changes were: for each sync that sent or received records, the size of the whole
   * collection less what went over the wire. Never less than nothing, and nothing for a sync that found nothing to do.
   */
  readonly savedBytes: number;
}

export interface DataTypeStatistics extends Volume {
  readonly dataType: string;
  /** Acknowledged records, and their size as they are stored on the server. */
  readonly records: number;
  readonly bytes: number;
  /** By the device's clock; null: never. */
  readonly lastSyncMs: number | null;
}

export interface Statistics {
  /** When this device began to count; null: it has not. */
  readonly sinceMs: number | null;
  /** What belongs to no data type, such as asking whether there is news, included. */
  readonly total: Volume;
  readonly dataTypes: readonly DataTypeStatistics[];
  /** Days of UTC on which something was transferred, `YYYY-MM-DD`, oldest first. */
  readonly days: readonly (Volume & { readonly day: string })[];
}

interface Stored {
  readonly sinceMs: number;
  readonly byType: Readonly<Record<string, Volume>>;
  readonly byDay: Readonly<Record<string, Volume>>;
}

const statisticsKey = "statistics";
const keptDays = 90;
/** A figure is not worth a commit for each sync. */
const flushIntervalMs = 30_000;
const nothing: Volume = { sentBytes: 0, receivedBytes: 0, savedBytes: 0 };

/** Counts what a device transfers, by data type and day. A crash costs what was counted in the last half a minute. */
export class TrafficLog {
  readonly #context: EngineContext;
  #pending: Stored | null = null;
  #flushedMs: number | null = null;
  /** By data type, since its collection was last synced. */
  readonly #spentBytes = new Map<string, number>();

  constructor(context: EngineContext) {
    this.#context = context;
  }

  note({ dataType, sentBytes, receivedBytes }: Traffic): void {
    this.#add(dataType ?? "", { ...nothing, sentBytes, receivedBytes });
    if (dataType === null) return;
    this.#spentBytes.set(dataType, (this.#spentBytes.get(dataType) ?? 0) + sentBytes + receivedBytes);
  }

  /** A collection was synced to its end. */
  async settle(dataType: string, { pulled, pushed, wholeBytes }: SyncedCollection): Promise<void> {
    const spentBytes = this.#spentBytes.get(dataType) ?? 0;
    this.#spentBytes.delete(dataType);
    this.#add(dataType, { ...nothing, savedBytes: savedBytes({ pulled, pushed, wholeBytes, spentBytes }) });
    if (pulled === 0 && pushed === 0) return;
    const nowMs = this.#context.ports.clock.now();
    if (this.#flushedMs === null || Math.abs(nowMs - this.#flushedMs) >= flushIntervalMs) await this.flush();
  }

  async flush(): Promise<void> {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    this.#flushedMs = this.#context.ports.clock.now();
    try {
      await this.#context.store.write(["meta"], async (tx) => {
        const stored = (await tx.get("meta", statisticsKey))?.value as Stored | undefined;
        await tx.put("meta", { key: statisticsKey, value: addStored(stored, pending) });
      });
    } catch {
      // It is a courtesy, and the store says to others that it is full or closed.
      this.#pending = addStored(pending, this.#pending);
    }
  }

  async read(): Promise<Statistics> {
    const { store, types } = this.#context;
    return await store.read(["meta", "collections"], async (tx) => {
      const stored = (await tx.get("meta", statisticsKey))?.value as Stored | undefined;
      const all = addStored(stored, this.#pending);
      const byType = all?.byType ?? {};
      const dataTypes: DataTypeStatistics[] = [];
      for (const dataType of types.keys()) {
        const { count: records, bytes = 0, lastSyncMs } = await readCollection(tx, dataType);
        dataTypes.push({ dataType, ...(byType[dataType] ?? nothing), records, bytes, lastSyncMs });
      }
      const days = Object.entries(all?.byDay ?? {}).map(([day, volume]) => ({ day, ...volume }));
      return {
        sinceMs: all?.sinceMs ?? null,
        total: Object.values(byType).reduce(addVolumes, nothing),
        dataTypes,
        days,
      };
    });
  }

  #add(dataType: string, volume: Volume): void {
    const sinceMs = this.#context.correctedNow();
    const day = new Date(sinceMs).toISOString().slice(0, 10);
    this.#pending = addStored(this.#pending, { sinceMs, byType: { [dataType]: volume }, byDay: { [day]: volume } });
  }
}

/** A direction in which records went would have cost the whole collection. */
export function savedBytes(sync: {
  readonly pulled: number;
  readonly pushed: number;
  readonly wholeBytes: number;
  readonly spentBytes: number;
}): number {
  const directions = (sync.pulled > 0 ? 1 : 0) + (sync.pushed > 0 ? 1 : 0);
  return Math.max(0, directions * sync.wholeBytes - sync.spentBytes);
}

const addVolumes = (a: Volume, b: Volume): Volume => ({
  sentBytes: a.sentBytes + b.sentBytes,
  receivedBytes: a.receivedBytes + b.receivedBytes,
  savedBytes: a.savedBytes + b.savedBytes,
});

function addStored(a: Stored, b: Stored | null | undefined): Stored;
function addStored(a: Stored | null | undefined, b: Stored): Stored;
function addStored(a: Stored | null | undefined, b: Stored | null | undefined): Stored | null;
function addStored(a: Stored | null | undefined, b: Stored | null | undefined): Stored | null {
  if (a == null || b == null) return a ?? b ?? null;
  const days = Object.entries(addRecords(a.byDay, b.byDay)).sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    sinceMs: Math.min(a.sinceMs, b.sinceMs),
    byType: addRecords(a.byType, b.byType),
    byDay: Object.fromEntries(days.slice(-keptDays)),
  };
}

function addRecords(a: Readonly<Record<string, Volume>>, b: Readonly<Record<string, Volume>>): Record<string, Volume> {
  const sum = { ...a };
  for (const [key, volume] of Object.entries(b)) sum[key] = addVolumes(sum[key] ?? nothing, volume);
  return sum;
}
