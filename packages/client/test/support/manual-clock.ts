import type { Clock, Fetch, Timer } from "../../src/ports.ts";
import type { FaultyNetwork } from "./faulty-network.ts";

/** Lets what can go on go on. */
export const turn = async (): Promise<void> => {
  for (let i = 0; i < 10; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Time that passes when the test says so. */
export class ManualClock implements Clock {
  nowMs = Date.now();
  /** Requests that are on their way: time stands still for them. */
  requests = 0;
  readonly timers = new Map<object, { at: number; run: () => void }>();
  now(): number {
    return this.nowMs;
  }
  schedule(ms: number, run: () => void): Timer {
    const timer = {};
    this.timers.set(timer, { at: this.nowMs + ms, run });
    return { cancel: () => void this.timers.delete(timer) };
  }
  /** Lets it pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    for (;;) {
      do await turn();
      while (this.requests > 0);
      const next = [...this.timers].filter(([, { at }]) => at <= end).toSorted(([, a], [, b]) => a.at - b.at)[0];
      if (next === undefined) break;
      this.timers.delete(next[0]);
      this.nowMs = Math.max(this.nowMs, next[1].at);
      next[1].run();
    }
    this.nowMs = end;
  }

  /** The clock, and a network for which it stands still. */
  portsOf(network: FaultyNetwork): { readonly clock: Clock; readonly fetch: Fetch } {
    const fetch: Fetch = async (url, init) => {
      this.requests += 1;
      try {
        return await network.fetch(url, init);
      } finally {
        this.requests -= 1;
      }
    };
    return { clock: this, fetch };
  }
}
