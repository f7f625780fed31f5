import type { MemoryConnection } from "../../db/memory/memory-connection.ts";
import type { MemoryReads } from "./memory-reads.ts";
import { type EpochRow, everything, type MemoryTables } from "./memory-rows.ts";

/** As postgres/epochs.ts and `begin_epoch` of migration 002. */
export class MemoryEpochs {
  readonly #db: MemoryConnection;
  readonly #tables: MemoryTables;
  readonly #reads: MemoryReads;
  readonly #options: { readonly hasIdentity: boolean };

  constructor(
    db: MemoryConnection,
    tables: MemoryTables,
    reads: MemoryReads,
    options: { readonly hasIdentity: boolean },
  ) {
    this.#db = db;
    this.#tables = tables;
    this.#reads = reads;
    this.#options = options;
  }

  isSameCluster({ cluster }: EpochRow): boolean {
    const here = this.#db.database.cluster;
    return (
      !this.#options.hasIdentity ||
      cluster === null ||
      (cluster.systemIdentifier === here.systemIdentifier && cluster.timeline === here.timeline)
    );
  }

  /** Begins an epoch unless `expected` is not the current one any more. */
  begin(expected: string): Promise<void> {
    return this.#db.statement(
      "begin_epoch",
      (tx) => {
        const current = this.#reads.epoch;
        if (current.epoch !== expected) return;
        const hasMoved = !this.isSameCluster(current);
        tx.put(this.#tables.epochs, everything, current.epochNo + 1, this.#next(hasMoved ? "cluster" : "lineage"));
      },
      { lock: "epochs" },
    );
  }

  /** When a server starts, as `settleIdentity`: is the database new, or has it moved since? */
  settle(): void {
    if (this.#reads.epochs().length === 0) {
      this.#write(this.#next("created"));
      return;
    }
    const current = this.#reads.epoch;
    if (!this.isSameCluster(current)) this.#write(this.#next("cluster"));
    else if (this.#options.hasIdentity && current.cluster === null) {
      this.#write({ ...current, cluster: this.#db.database.cluster });
    }
  }

  /** The product's own restore begins one at its end. */
  beginRestored(): void {
    this.#write(this.#next("restored"));
  }

  #next(reason: EpochRow["reason"]): EpochRow {
    const { clock, random } = this.#db.ports;
    return {
      epochNo: (this.#reads.epochs().at(-1)?.epochNo ?? 0) + 1,
      epoch: random.uuid(),
      beganAt: clock(),
      reason,
      isExact: reason !== "lineage",
      cluster: this.#options.hasIdentity ? this.#db.database.cluster : null,
    };
  }

  #write(row: EpochRow): void {
    this.#tables.epochs.write(everything, row.epochNo, row);
  }
}
