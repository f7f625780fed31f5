import type { Pool } from "pg";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { insertDownloads, type Download } from "./insert-downloads.ts";

interface Options {
  readonly flushEveryMs?: number;
  readonly maxRows?: number;
}

/**
 * Remembers who downloaded what, and writes it in bulk: a read costs no commit. What is in memory is lost with the
 * process; what finds no room while the database is away is dropped and counted. Neither concerns a record.
 */
export class DownloadAudit {
  readonly #pool: Pool;
  readonly #log: Log;
  readonly #dropped: Metrics["auditDropped"];
  readonly #maxRows: number;
  readonly #flushEveryMs: number;
  #rows: (Omit<Download, "ageMs"> & { at: number })[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;

  constructor(pool: Pool, log: Log, dropped: Metrics["auditDropped"], options: Options = {}) {
    this.#pool = pool;
    this.#log = log;
    this.#dropped = dropped;
    this.#flushEveryMs = options.flushEveryMs ?? 5_000;
    this.#maxRows = options.maxRows ?? 20_000;
  }

  recordDownload(download: Omit<Download, "ageMs">): void {
    if (this.#rows.length >= this.#maxRows) {
      this.#dropped.inc();
      return;
    }
    this.#rows.push({ ...download, at: performance.now() });
    this.#timer ??= setTimeout(() => void this.flush(), this.#flushEveryMs).unref();
  }

  /** Writes what is remembered; a failure is logged and the rows wait for the next time. Never rejects. */
  async flush(): Promise<void> {
    if (this.#flushing !== undefined) await this.#flushing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#rows.length === 0) return;
    this.#flushing = this.#write().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  async #write(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    const now = performance.now();
    try {
      await insertDownloads(
        this.#pool,
        rows.map(({ at, ...download }) => ({ ...download, ageMs: now - at })),
      );
    } catch (error) {
      this.#log.warn({ err: error, rows: rows.length }, "the audit of downloads could not be written");
      const kept = [...rows, ...this.#rows].slice(0, this.#maxRows);
      this.#dropped.inc(rows.length + this.#rows.length - kept.length);
      this.#rows = kept;
      this.#timer ??= setTimeout(() => void this.flush(), this.#flushEveryMs).unref();
    }
  }

  /** One last try; call it before the pool ends. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
