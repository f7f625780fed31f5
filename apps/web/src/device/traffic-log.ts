import type { Sync } from "@owlivion/sync-client";

/** What one sync moved. */
export interface SyncTraffic {
  readonly atMs: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

const key = "owlivion.traffic";
const syncsKept = 120;

export function readTraffic(): readonly SyncTraffic[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(kept) ? kept.filter((entry) => isTraffic(entry)) : [];
  } catch {
    return [];
  }
}

const isTraffic = (entry: unknown): entry is SyncTraffic => {
  if (typeof entry !== "object" || entry === null) return false;
  const { atMs, sentBytes, receivedBytes } = entry as Partial<SyncTraffic>;
  return [atMs, sentBytes, receivedBytes].every((value) => typeof value === "number" && Number.isFinite(value));
};

/** Notes after each sync what it sent and received: sizes and times, nothing of what was in it. */
export function logTraffic(sync: Sync): void {
  let { lastSyncMs } = sync.status;
  let before = { ...sync.traffic };
  sync.onStatus((status) => {
    if (status.state === "signed_out") localStorage.removeItem(key);
    if (status.state !== "idle" || status.lastSyncMs === lastSyncMs || status.lastSyncMs === null) return;
    lastSyncMs = status.lastSyncMs;
    const entry = {
      atMs: lastSyncMs,
      sentBytes: sync.traffic.sentBytes - before.sentBytes,
      receivedBytes: sync.traffic.receivedBytes - before.receivedBytes,
    };
    before = { ...sync.traffic };
    // Where another tab syncs, this one moved nothing.
    if (entry.sentBytes + entry.receivedBytes === 0) return;
    localStorage.setItem(key, JSON.stringify([...readTraffic(), entry].slice(-syncsKept)));
  });
}

export interface Savings {
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** What the same syncs would have moved if each had carried everything. */
  readonly fullBytes: number;
}

export function sumTraffic(traffic: readonly SyncTraffic[], accountBytes: number): Savings {
  const sum = (of: (entry: SyncTraffic) => number): number => traffic.reduce((total, entry) => total + of(entry), 0);
  return {
    sentBytes: sum(({ sentBytes }) => sentBytes),
    receivedBytes: sum(({ receivedBytes }) => receivedBytes),
    fullBytes: traffic.length * accountBytes,
  };
}
