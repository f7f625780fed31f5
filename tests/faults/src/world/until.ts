import { setTimeout as sleep } from "node:timers/promises";

export { sleep };

/** Waits until it is so. The patience is for a hung system alone: it is no claim about speed. */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  { patienceMs = 600_000, everyMs = 25 }: { patienceMs?: number; everyMs?: number } = {},
): Promise<number> {
  const began = performance.now();
  for (;;) {
    if (await isSo()) return performance.now() - began;
    if (performance.now() - began > patienceMs) throw new Error(`not within ${patienceMs} ms: ${what}`);
    await sleep(everyMs);
  }
}
