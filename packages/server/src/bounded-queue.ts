import { ApiError } from "./errors.ts";

/** Runs at most `concurrency` tasks at a time and lets at most `maxWaiting` wait; whoever comes then is OVERLOADED. */
export class BoundedQueue {
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(concurrency: number, maxWaiting: number) {
    this.#concurrency = concurrency;
    this.#maxWaiting = maxWaiting;
  }

  assertRoom(): void {
    if (this.#waiting.length >= this.#maxWaiting) throw new ApiError("OVERLOADED", { retryAfterSeconds: 2 });
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    try {
      return await task();
    } finally {
      leave();
    }
  }

  /** Waits for a place. Returns how to give it back, once. */
  async enter(): Promise<() => void> {
    if (this.#running >= this.#concurrency) {
      this.assertRoom();
      // Whoever ends hands its place over, so that nobody who comes in between takes it.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    };
  }
}
