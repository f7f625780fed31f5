import { setTimeout as delay } from "node:timers/promises";
import { SyncError } from "../../errors.ts";
import { isBusy } from "./sqlite-error.ts";

export interface BusyWait {
  /** Then STORE_LOCKED; Infinity: as long as it takes. */
  readonly ms: number;
  /** Between two attempts, at most. */
  readonly pauseMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Tries until nobody else is in the way. SQLite's own busy timeout would block the thread, and with it the other handle in
 * the same process that is in the way.
 */
export async function retryBusy<T>(attempt: () => T | Promise<T>, { ms, pauseMs, signal }: BusyWait): Promise<T> {
  const start = performance.now();
  for (let pause = 1; ; pause = Math.min(pause * 2, pauseMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - start > ms) throw new SyncError("STORE_LOCKED", { cause: error });
    }
    // Part of it by chance, so that two that wait do not keep missing their turn.
    await delay(pause * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal });
  }
}
