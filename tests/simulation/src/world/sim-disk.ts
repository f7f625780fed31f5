import { memoryStore } from "@owlivion/sync-client/memory";
import { blobProtector } from "../../../../packages/client/src/store/blob-protector.ts";
import { tableNames } from "../../../../packages/client/src/store/rows.ts";
import type { OpenStore, Protector, Store } from "../../../../packages/client/src/store/store.ts";
import type { Scheduler } from "../time/scheduler.ts";
import { Mirror } from "./mirror.ts";

/** What a device keeps when its power goes: the tables, and the key that the platform protects with. */
export interface DiskImage {
  readonly rows: Mirror;
  readonly protector: Protector;
}

/** A device's storage. It can be copied, put back as it was, and lost. */
export class SimDisk {
  readonly #scheduler: Scheduler;
  readonly #random: (length: number) => Uint8Array<ArrayBuffer>;
  #open: OpenStore;
  protector: Protector;
  readonly mirror = new Mirror();

  constructor(scheduler: Scheduler, random: (length: number) => Uint8Array<ArrayBuffer>) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#open = this.#empty();
    this.protector = blobProtector(undefined, random);
  }

  open(): Promise<Store> {
    return this.#open();
  }

  image(): DiskImage {
    return { rows: this.mirror.copy(), protector: this.protector };
  }

  /** No process may run on it meanwhile. */
  async load({ rows, protector }: DiskImage): Promise<void> {
    this.#open = this.#empty();
    this.protector = protector;
    this.mirror.clear();
    const store = await this.#open();
    await store.write(tableNames, async (tx) => {
      for (const table of tableNames) await tx.put(table, ...rows.all(table));
    });
    this.mirror.replaceBy(rows);
    await store.close();
  }

  /** A browser that needed room, a private window that was closed. */
  erase(): void {
    this.#open = this.#empty();
    this.protector = blobProtector(undefined, this.#random);
    this.mirror.clear();
  }

  #empty(): OpenStore {
    const clock = { schedule: (_: number, callback: () => void) => this.#scheduler.atTurnEnd(callback) };
    return memoryStore({ random: this.#random, clock });
  }
}
