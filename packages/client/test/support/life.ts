import type { Store } from "../../src/store/store.ts";

/** What everything rejects with after the crash. */
export class CrashError extends Error {
  override readonly name = "CrashError";

  constructor() {
    super("the process is gone");
  }
}

export interface CrashOptions {
  /** If it falls on a commit: `lost` rolls back, `kept` commits, and nobody hears of it. */
  readonly commit?: "lost" | "kept";
  /**
   * What the one who waits sees: `throw`, a CrashError; `freeze`, nothing any more, as when the process is gone and no
   * `catch` or `finally` of it runs.
   */
  readonly onCrash?: "throw" | "freeze";
}

/** One process, as the store sees it. */
export class Life {
  readonly handles = new Set<Store>();
  readonly over: Promise<void>;
  operations = 0;
  isOver = false;
  #end = (): void => {};
  #at = Infinity;
  #options: CrashOptions = {};

  constructor() {
    this.over = new Promise((resolve) => (this.#end = resolve));
  }

  endAt(operation: number, options: CrashOptions): void {
    this.operations = 0;
    this.#at = operation;
    this.#options = options;
  }

  end(): void {
    this.isOver = true;
    this.#end();
  }

  /** Counts it, or dies before it. */
  operation<T>(run: () => Promise<T>): Promise<T> {
    const isLast = !this.isOver && ++this.operations >= this.#at;
    if (isLast) this.end();
    return this.outside(this.isOver ? Promise.reject(new CrashError()) : run());
  }

  /** Counts the commit; returns if it happens, be it after the end. */
  commit(): void {
    this.#assertAlive();
    if (++this.operations < this.#at) return;
    this.end();
    if (this.#options.commit !== "kept") throw new CrashError();
  }

  /** Inside the store: what the process was doing is given up. */
  async orCrash<T>(work: Promise<T>): Promise<T> {
    const result = await Promise.race([work, this.over]);
    this.#assertAlive();
    return result as T;
  }

  /** Outside: what the process gets to see. */
  async outside<T>(inside: Promise<T>): Promise<T> {
    try {
      return await this.orCrash(inside);
    } catch (error) {
      if (!this.isOver) throw error;
      if (this.#options.onCrash === "freeze") return new Promise<never>(() => {});
      throw new CrashError();
    }
  }

  #assertAlive(): void {
    if (this.isOver) throw new CrashError();
  }
}
