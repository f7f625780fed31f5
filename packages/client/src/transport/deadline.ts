import { SyncError } from "../errors.ts";
import type { Clock, Timer } from "../ports.ts";

/** Ends a request when nothing moves for too long, or when its caller wants to: both by one abort signal. */
export class Deadline {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  readonly #onCallerAbort = () => this.#controller.abort();
  #timer: Timer | null = null;
  #isTimeout = false;

  constructor(clock: Clock, caller: AbortSignal | undefined) {
    this.#clock = clock;
    this.#caller = caller;
    if (caller?.aborted === true) this.#controller.abort();
    else caller?.addEventListener("abort", this.#onCallerAbort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on `ms` may pass until the next call. */
  extend(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(ms, () => {
      this.#isTimeout = true;
      this.#controller.abort();
    });
  }

  /** Settles as the work does, or rejects as soon as time is up, even when the work ignores the signal. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this;
    work.catch(() => {}); // It may fail long after the race was over.
    const { promise, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(this.reason());
    if (signal.aborted) throw this.reason();
    signal.addEventListener("abort", onAbort);
    try {
      return await Promise.race([work, promise]);
    } catch (error) {
      throw signal.aborted ? this.reason() : error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Why the signal was aborted. */
  reason(): SyncError {
    return new SyncError(this.#isTimeout ? "TIMEOUT" : "CANCELLED");
  }

  end(): void {
    this.#timer?.cancel();
    this.#caller?.removeEventListener("abort", this.#onCallerAbort);
  }
}
