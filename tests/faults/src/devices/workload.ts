import type { Collection } from "@owlivion/sync-client";
import type { Expectations, Note } from "./expectations.ts";
import { between, pick } from "../world/random.ts";

export const hotRecords = ["hot-1", "hot-2", "hot-3"] as const;

export interface WorkloadOptions {
  readonly collection: Collection<Note>;
  readonly expectations: Expectations;
  /** The name of its own fields and records. */
  readonly name: string;
  /** The number of its first edit: greater than any of an earlier life. */
  readonly firstEdit?: number;
  readonly mayDelete?: boolean;
}

/** One device's edits: fields of its own in records that all edit, and records of its own that come, change and go. */
export class Workload {
  readonly #options: WorkloadOptions;
  #edit: number;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#edit = options.firstEdit ?? 1;
  }

  get edits(): number {
    return this.#edit;
  }

  /** Resolves when the edit is durable on the device. */
  async step(): Promise<void> {
    const dice = Math.random();
    if (dice < 0.55) return await this.#touch(pick(hotRecords));
    if (dice < 0.8) return await this.#insert();
    const own = this.#own();
    if (own.length < 3) return await this.#insert();
    if (dice < 0.93 || this.#options.mayDelete === false) return await this.#touch(pick(own));
    return await this.#remove(pick(own));
  }

  async makeHotRecords(): Promise<void> {
    for (const id of hotRecords) await this.#options.collection.put({ id, made: 1 });
  }

  async #insert(): Promise<void> {
    const { collection, expectations, name } = this.#options;
    const edit = this.#edit++;
    const id = `${name}-${edit}`;
    expectations.attempt(id, name, edit);
    await collection.put({ id, [name]: edit, text: "x".repeat(between(0, 400)) });
    expectations.commit(id, name, edit);
  }

  async #touch(id: string): Promise<void> {
    const { collection, expectations, name } = this.#options;
    if ((await collection.get(id)) === undefined) return;
    const edit = this.#edit++;
    expectations.attempt(id, name, edit);
    await collection.patch(id, { [name]: edit });
    expectations.commit(id, name, edit);
  }

  async #remove(id: string): Promise<void> {
    const { collection, expectations } = this.#options;
    this.#edit++;
    expectations.attemptDeletion(id);
    await collection.deleteMany([id], { confirmed: true });
    expectations.commitDeletion(id);
  }

  #own(): string[] {
    const { expectations, name } = this.#options;
    return [...expectations.records]
      .filter(([id, { deletion }]) => id.startsWith(`${name}-`) && deletion === "none")
      .map(([id]) => id);
  }
}
