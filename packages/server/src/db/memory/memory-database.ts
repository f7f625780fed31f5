import type { Micros } from "@owlivion/sync-protocol";
import type { Random } from "../../random.ts";
import { MemoryLocks } from "./memory-locks.ts";
import { MemoryTable } from "./memory-table.ts";

/** What PostgreSQL, or the way to it, may do to a statement. */
export type DatabaseFault =
  | "none"
  | "serialization"
  | "deadlock"
  | "lock-timeout"
  | "statement-timeout"
  | "connection-lost"
  | "commit-unknown"
  | "disk-full"
  | "read-only"
  | "pool-exhausted";

export interface MemoryPorts {
  readonly clock: () => Micros;
  readonly random: Random;
  /** A yield point before every statement; what it throws ends the transaction. */
  readonly atStatement: (place: string) => DatabaseFault | Promise<DatabaseFault>;
}

/** Which cluster and timeline the database lives in, as PostgreSQL's identity tells. */
export interface Cluster {
  readonly systemIdentifier: number;
  readonly timeline: number;
}

export interface MemoryBackup {
  readonly tables: readonly ReadonlyMap<string, ReadonlyMap<string | number, unknown>>[];
  /** Whose rows they are. */
  readonly owners: readonly MemoryTable<unknown>[];
  readonly undo: readonly Undo[];
}

interface Undo {
  readonly isBatch: boolean;
  /** In the order of the writes. */
  readonly before: readonly { table: MemoryTable<unknown>; partition: string; key: string | number; row: unknown }[];
}

/**
 * What PostgreSQL gives its transactions, for simulations: row locks, READ COMMITTED, statements between which others
 * run, aborts. Nothing is durable but by `backup`.
 */
export class MemoryDatabase {
  readonly ports: MemoryPorts;
  readonly locks = new MemoryLocks();
  cluster: Cluster = { systemIdentifier: 1, timeline: 1 };
  readonly #tables: MemoryTable<unknown>[] = [];
  readonly #undo: Undo[] = [];

  constructor(ports: MemoryPorts) {
    this.ports = ports;
  }

  table<Row>({ isKept = false } = {}): MemoryTable<Row> {
    const table = new MemoryTable<Row>(isKept);
    this.#tables.push(table as MemoryTable<unknown>);
    return table;
  }

  /** Commits so far, those of a lost tail left out. */
  get commits(): number {
    return this.#undo.length;
  }

  /** Of a transaction that commits. */
  remember(undo: Undo): void {
    this.#undo.push(undo);
  }

  backup(): MemoryBackup {
    return { tables: this.#tables.map((table) => table.copy()), owners: [...this.#tables], undo: [...this.#undo] };
  }

  /** Here, or in a new database with the same tables. The commits are those of then: what came after is of another history. */
  restore({ tables, owners, undo }: MemoryBackup): void {
    for (const [i, table] of this.#tables.entries()) table.replaceAll(tables[i]!);
    const here = new Map(owners.map((owner, i) => [owner, this.#tables[i]!]));
    this.#undo.length = 0;
    for (const { isBatch, before } of undo) {
      this.#undo.push({ isBatch, before: before.map((write) => ({ ...write, table: here.get(write.table)! })) });
    }
  }

  /**
   * As a standby that had not received the last commits of batches, nor what was written since the first of them. Of the
   * tables that are `kept` nothing is lost: who may sign in is not what this tries.
   */
  loseLastBatches(count: number): void {
    const batches = this.#undo.flatMap(({ isBatch }, i) => (isBatch ? [i] : []));
    const first = batches.at(-count) ?? batches[0];
    if (first === undefined || count === 0) return;
    for (const { before } of this.#undo.splice(first).toReversed()) {
      for (const { table, partition, key, row } of before.toReversed()) {
        if (!table.isKept) table.write(partition, key, row);
      }
    }
  }
}
