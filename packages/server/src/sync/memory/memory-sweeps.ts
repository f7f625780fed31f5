import type { Micros } from "@owlivion/sync-protocol";
import type { MemoryConnection } from "../../db/memory/memory-connection.ts";
import type { CollectionKey } from "../store.ts";
import type { MemoryReads } from "./memory-reads.ts";
import { type CleanupState, everything, type MemoryTables, partitionOf, type TombstoneRow } from "./memory-rows.ts";

/** The retention's steps, each as its statement in migration 002 or retention/sweep-collections.ts. */
export class MemorySweeps {
  readonly #db: MemoryConnection;
  readonly #tables: MemoryTables;
  readonly #reads: MemoryReads;

  constructor(db: MemoryConnection, tables: MemoryTables, reads: MemoryReads) {
    this.#db = db;
    this.#tables = tables;
    this.#reads = reads;
  }

  /** As retention/cleanup-state.ts. */
  readRunState(): Promise<CleanupState & { readonly epochBeganAt: number | null }> {
    return this.#db.statement("read_run_state", () => {
      const began = this.#reads.epochs().findLast(({ reason }) => reason !== "created")?.beganAt;
      const state = this.#tables.cleanup.get(everything, 0) ?? { lastRunAt: null, suspectSince: null };
      return { ...state, epochBeganAt: began === undefined ? null : began / 1000 };
    });
  }

  writeRunState(state: CleanupState): Promise<void> {
    return this.#db.statement("write_run_state", (tx) => tx.put(this.#tables.cleanup, everything, 0, state));
  }

  collections(): CollectionKey[] {
    return this.#tables.collections
      .partitions()
      .flatMap((userId) =>
        [...this.#tables.collections.entries(userId)]
          .map(([dataType]) => ({ userId, dataType: String(dataType) }))
          .toSorted((a, b) => (a.dataType < b.dataType ? -1 : 1)),
      );
  }

  /** Purges what changes before this time replaced, and their deletions. */
  history(key: CollectionKey, before: Micros): Promise<void> {
    return this.historyUpTo(key, () => this.#reads.versionAt(key, before));
  }

  historyUpTo(key: CollectionKey, until: () => number): Promise<void> {
    const partition = partitionOf(key);
    return this.#db.statement(
      "sweep_history",
      (tx) => {
        const row = this.#reads.collection(key);
        const to = until();
        if (row === undefined || to <= row.historySwept) return;
        const doomed = new Set<number>();
        for (let version = row.historySwept + 1; version <= to; version += 1) {
          const change = this.#reads.logRow(key, version);
          if (change === undefined) continue;
          if (change.prevVersion > 0) doomed.add(change.prevVersion);
          if (change.changeType === 2) doomed.add(version);
        }
        let raised = row.historyHorizon;
        for (const version of doomed) {
          const old = this.#reads.logRow(key, version);
          if (old === undefined || old.supersededVersion === 0) continue;
          tx.put(this.#tables.log, partition, version, undefined);
          raised = Math.max(raised, old.supersededVersion);
        }
        const swept = { ...row, historySwept: to, historyHorizon: raised };
        tx.put(this.#tables.collections, key.userId, key.dataType, swept);
      },
      { lock: `collection ${partition}` },
    );
  }

  tombstones(key: CollectionKey, isDoomed: (row: TombstoneRow) => boolean): Promise<void> {
    const partition = partitionOf(key);
    return this.#db.statement(
      "sweep_tombstones",
      (tx) => {
        const row = this.#reads.collection(key);
        if (row === undefined) return;
        let { horizon, horizonAt } = row;
        for (const tombstone of this.#reads.tombstones(key, 0).filter(isDoomed)) {
          tx.put(this.#tables.tombstones, partition, tombstone.recordId, undefined);
          horizon = Math.max(horizon, tombstone.version);
          horizonAt = Math.max(horizonAt, tombstone.changedAt);
        }
        if (horizon === row.horizon) return;
        tx.put(this.#tables.collections, key.userId, key.dataType, { ...row, horizon, horizonAt });
      },
      { lock: `collection ${partition}` },
    );
  }

  /** Oldest first; the newest of those past their time stays, and a collection's newest for ever. */
  batches(key: CollectionKey, before: Micros): Promise<void> {
    const partition = partitionOf(key);
    return this.#db.statement("sweep_batches", (tx) => {
      let batch = this.#reads.oldestBatch(key);
      const kept = [...this.#tables.batches.rows(partition)].toSorted((a, b) => a.headAfter - b.headAfter);
      for (const next of kept.slice(1)) {
        if (batch === undefined || batch.createdAt >= before || next.createdAt >= before) return;
        tx.put(this.#tables.batches, partition, batch.headAfter, undefined);
        const { deviceId, idempotencyKey } = batch;
        if (idempotencyKey !== null) tx.put(this.#tables.keys, key.userId, `${deviceId} ${idempotencyKey}`, undefined);
        batch = next;
      }
    });
  }
}
