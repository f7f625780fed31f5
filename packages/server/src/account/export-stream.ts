import { Readable } from "node:stream";
import type { ClientConfig } from "pg";
import { ApiError } from "../errors.ts";
import { openExport } from "./export-account.ts";

const maxOpen = 2;

/** Exports as streams. Each has a database connection for as long as somebody reads it, so only a few are open at a time. */
export class ExportStreams {
  readonly #connection: ClientConfig;
  readonly #options: { idleTimeoutMs?: number };
  #open = 0;

  constructor(connection: ClientConfig, options: { idleTimeoutMs?: number } = {}) {
    this.#connection = connection;
    this.#options = options;
  }

  async open(userId: string): Promise<Readable> {
    if (this.#open >= maxOpen) throw new ApiError("OVERLOADED", { retryAfterSeconds: 30 });
    this.#open++;
    try {
      const { lines, lost, close } = await openExport(this.#connection, userId, this.#options);
      const stream = Readable.from(lines, { objectMode: false });
      // Not in the generator: one that is destroyed before its first line never runs.
      stream.once("close", () => {
        this.#open--;
        void close();
      });
      // A reader that sits there without reading must not keep its place.
      void lost.then((error) => stream.destroy(error));
      return stream;
    } catch (error) {
      this.#open--;
      throw error;
    }
  }
}
