import type { Scheduler } from "./scheduler.ts";

/** When every world begins: a Sunday in March, an hour before a change of daylight saving time. */
export const worldBeginsMs = Date.UTC(2026, 2, 29, 0, 0, 0);

/** A clock on somebody's wall: as wrong as it is set, and not always going. */
export class WallClock {
  readonly #scheduler: Scheduler;
  #offsetMs: number;
  readonly #drift: number;
  #frozenAtMs: number | null = null;

  /** `driftPpm`: how many microseconds it gains in a second. */
  constructor(scheduler: Scheduler, { skewMs = 0, driftPpm = 0 } = {}) {
    this.#scheduler = scheduler;
    this.#offsetMs = skewMs;
    this.#drift = driftPpm / 1_000_000;
  }

  now(): number {
    return this.#frozenAtMs ?? this.#running();
  }

  jump(ms: number): void {
    this.#offsetMs += ms;
  }

  /** It shows the same from now on; again: it goes on from there, late. */
  toggleFrozen(): void {
    if (this.#frozenAtMs === null) this.#frozenAtMs = this.#running();
    else {
      this.#offsetMs -= this.#running() - this.#frozenAtMs;
      this.#frozenAtMs = null;
    }
  }

  #running(): number {
    const { nowMs } = this.#scheduler;
    return Math.floor(worldBeginsMs + nowMs + nowMs * this.#drift + this.#offsetMs);
  }
}
