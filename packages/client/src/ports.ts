import { type RandomBytes, systemRandom } from "@owlivion/sync-crypto";

/** What the engine cannot compute: time, chance and the network. The simulation passes its own. */
export interface Ports {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly fetch: Fetch;
}

export interface Clock {
  /** Milliseconds since 1970, by this device's clock, which may be wrong. */
  now(): number;
  /** Calls back once, in `ms` milliseconds. */
  schedule(ms: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(ms, callback) {
    const timer = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

export const systemPorts: Ports = {
  clock: systemClock,
  random: systemRandom,
  fetch: (url, init) => globalThis.fetch(url, init),
};

/** Resolves after `ms`, or at once when the signal aborts. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const timer = clock.schedule(ms, done);
    function done(): void {
      timer.cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done);
  });
}
