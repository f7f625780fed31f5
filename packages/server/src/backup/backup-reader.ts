import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { errorCode } from "../error-code.ts";
import { OperatorError } from "../operator-error.ts";
import { type BackupHeader, endOfTable, parseHeader, parseTrailer } from "./backup-format.ts";

const newline = 0x0a;
const maxHeaderBytes = 4 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

/** Reads a backup from its beginning to its end, holding one chunk or one row of it: header, tables in order, end. */
export class BackupReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #hash = createHash("sha256");
  /** Read, and not yet given out. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(input: Readable) {
    const gunzip = createGunzip({ chunkSize: chunkBytes });
    input.on("error", (error) => gunzip.destroy(error)).pipe(gunzip);
    this.#chunks = gunzip[Symbol.asyncIterator]();
  }

  async readHeader(): Promise<BackupHeader> {
    const line = await this.#readLine();
    this.#hash.update(line);
    return parseHeader(line.toString());
  }

  /** The rows of the next table, whole lines at a time. */
  async *readRows(): AsyncGenerator<Buffer> {
    for (;;) {
      const end = findEndOfTable(this.#rest);
      if (end !== -1) {
        if (end > 0) yield this.#take(end);
        this.#take(endOfTable.length);
        return;
      }
      const wholeLines = this.#rest.lastIndexOf(newline) + 1;
      if (wholeLines > 0) yield this.#take(wholeLines);
      if (!(await this.#readMore())) throw damaged("it ends in the middle of a table");
    }
  }

  /** Throws unless everything read is what was written. */
  async verifyEnd(): Promise<void> {
    const expected = parseTrailer((await this.#readLine()).toString());
    if (this.#hash.digest("hex") !== expected) throw damaged("its content is not what was written");
    // Read on, for gzip's own end may be missing too.
    if (this.#rest.length > 0 || (await this.#readMore())) throw damaged("something follows its end");
  }

  #take(bytes: number): Buffer {
    const taken = this.#rest.subarray(0, bytes);
    this.#rest = this.#rest.subarray(bytes);
    this.#hash.update(taken);
    return taken;
  }

  async #readLine(): Promise<Buffer> {
    for (;;) {
      const end = this.#rest.indexOf(newline);
      if (end !== -1) {
        const line = this.#rest.subarray(0, end + 1);
        this.#rest = this.#rest.subarray(end + 1);
        return line;
      }
      if (this.#rest.length > maxHeaderBytes) throw new OperatorError("This is not a backup of Owlivion Sync.");
      if (!(await this.#readMore())) throw damaged("its end is missing");
    }
  }

  async #readMore(): Promise<boolean> {
    try {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
      return true;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      if (errorCode(cause)?.startsWith("Z_") === true) throw damaged(reason, cause);
      throw new OperatorError(`The backup cannot be read: ${reason}`, { cause });
    }
  }
}

/** The marker is a line of its own; the buffer always begins at the beginning of a line. */
function findEndOfTable(buffer: Buffer): number {
  if (buffer.subarray(0, endOfTable.length).equals(Buffer.from(endOfTable))) return 0;
  const at = buffer.indexOf(`\n${endOfTable}`);
  return at === -1 ? -1 : at + 1;
}

function damaged(reason: string, cause?: unknown): OperatorError {
  return new OperatorError(`The backup is damaged or no backup: ${reason}.`, { cause });
}
