import type { EngineContext } from "../engine/engine-context.ts";
import { readCollection } from "../engine/collection-ledger.ts";
import { toSyncError } from "../errors.ts";
import { sleep } from "../ports.ts";
import { randomFraction } from "../random-fraction.ts";
import { retryDelay } from "../transport/retry.ts";
import type { Wish } from "./wishes.ts";

export interface LiveOptions {
  readonly signal: AbortSignal;
  readonly wish: (wish: Wish) => void;
  /** Whether events come; while they do not, the loop polls. */
  readonly onConnected: (isConnected: boolean) => void;
}

/** Waits between two tries of a stream that the server refuses for good: another process of it may take it. */
const refusedDelayMs = 5 * 60 * 1000;

/** Listens to the server's event stream for as long as the signal lets it, and turns what is news into wishes. */
export async function followEvents(context: EngineContext, { signal, wish, onConnected }: LiveOptions): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const event of context.api.openEvents({ signal })) {
        failures = 0;
        if (event.type === "open") {
          onConnected(true);
          // What happened while nobody listened is not told.
          wish({ type: "everything" });
        } else if (event.type === "change" && (await isNews(context, event.dataType, event.version))) {
          wish({ type: "pull", dataType: event.dataType });
        }
      }
    } catch (error) {
      failures += 1;
      onConnected(false);
      if (signal.aborted) return;
      const delay = retryDelay(toSyncError(error), failures, randomFraction(context.ports.random));
      await sleep(context.ports.clock, delay ?? refusedDelayMs, signal);
      continue;
    }
    onConnected(false);
    // The server ended it, as when a token expires: at once again, but never in a tight loop.
    await sleep(context.ports.clock, 1_000, signal);
  }
}

async function isNews(context: EngineContext, dataType: string, version: number): Promise<boolean> {
  if (!context.types.has(dataType)) return false;
  const row = await context.store.read(["collections"], async (tx) => await readCollection(tx, dataType));
  return row.position < version || row.walk !== null;
}
