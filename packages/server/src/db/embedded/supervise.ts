import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "../../log.ts";
import type { Postmaster } from "./postmaster.ts";

const firstDelayMs = 100;
const maxDelayMs = 5_000;

/**
 * Keeps PostgreSQL running until told to stop.
 *
 *     running ──ended by itself──▶ waiting (100 ms, doubled up to 5 s) ──▶ starting ──ready──▶ running
 *        │                            │            ▲                          │
 *        │                            │            └──────────failed──────────┘
 *        └──────────── stop ──────────┴──▶ stopped
 *
 * While it is down the pool's connections fail and the server answers 503; nothing else has to know.
 */
export function supervise(first: Postmaster, start: () => Promise<Postmaster>, log: Log): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let current: Postmaster | null = first;
  const ended = keepRunning();

  async function keepRunning(): Promise<void> {
    for (let running: Postmaster | null = first; running !== null; running = await startAgain()) {
      current = running;
      await running.exited;
      current = null;
      if (stopping.signal.aborted) return;
      log.error({ pid: running.pid }, "PostgreSQL ended by itself; starting it again");
    }
  }

  async function startAgain(): Promise<Postmaster | null> {
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
      try {
        await sleep(delayMs, undefined, { signal: stopping.signal });
      } catch {
        return null;
      }
      try {
        const started = await start();
        log.info({ pid: started.pid }, "PostgreSQL runs again");
        if (stopping.signal.aborted) started.signal("SIGINT");
        return started;
      } catch (error) {
        log.error({ err: error, nextTryMs: delayMs * 2 }, "PostgreSQL did not start");
      }
    }
  }

  return {
    /** Fast shutdown: sessions end, transactions in flight roll back, a checkpoint is written. */
    async stop() {
      stopping.abort();
      current?.signal("SIGINT");
      await ended;
    },
  };
}
