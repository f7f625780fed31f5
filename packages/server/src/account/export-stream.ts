import { Readable } from "node:stream";
import type { ClientConfig } from "pg";
import { ApiError } from "../errors.ts";
import { openExport } from "./export-account.ts";

const maxOpen = 2;

/** Exports as streams. Each has a database connection for as long as somebody reads it, so only a few are open at a time. */
export class ExportStreams {
  readonly #connection: ClientConfig;
  #open = 0;

  constructor(connection: ClientConfig) {
    this.#connection = connection;
  }

  async open(userId: string): Promise<Readable> {
    if (this.#open >= maxOpen) throw new ApiError("OVERLOADED", { retryAfterSeconds: 30 });
    this.#open++;
    try {
      const { lines, close } = await openExport(this.#connection, userId);
      // Not in the generator: one that is destroyed before its first line never runs.
      return Readable.from(lines, { objectMode: false }).once("close", () => {
        this.#open--;
        void close();
      });
    } catch (error) {
      this.#open--;
      throw error;
    }
  }
}
