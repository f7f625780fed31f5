import { SyncError } from "../errors.ts";
import type { Deadline } from "./deadline.ts";
import { offline } from "./offline.ts";

export interface BodyLimits {
  readonly maxBytes: number;
  /** How long nothing may come. */
  readonly idleMs: number;
}

/**
 * A reply's body, piece by piece. No generator: whoever goes before the first piece lets the connection go too, by `return`,
 * which `for await` calls.
 */
export class BodyReader implements AsyncIterableIterator<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #deadline: Deadline;
  readonly #limits: BodyLimits;
  readonly #onBytes: (count: number) => void;
  #received = 0;
  #isOver = false;

  constructor(response: Response, deadline: Deadline, limits: BodyLimits, onBytes: (count: number) => void) {
    this.#reader = response.body?.getReader();
    this.#deadline = deadline;
    this.#limits = limits;
    this.#onBytes = onBytes;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#isOver || this.#reader === undefined) return await this.return();
    try {
      this.#deadline.extend(this.#limits.idleMs);
      const { done, value } = await this.#deadline.race(this.#reader.read());
      if (done) return await this.return();
      this.#received += value.length;
      this.#onBytes(value.length);
      if (this.#received > this.#limits.maxBytes) throw new SyncError("INVALID_REPLY");
      return { done: false, value };
    } catch (error) {
      await this.return();
      throw error instanceof SyncError ? error : offline(error); // cut off half-way
    }
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#deadline.end();
      this.#reader?.cancel().catch(() => {});
    }
    return Promise.resolve({ done: true, value: undefined });
  }

  async all(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this) chunks.push(chunk);
    if (chunks.length === 1) return chunks[0]!;
    const out = new Uint8Array(this.#received);
    let at = 0;
    for (const chunk of chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }
}
