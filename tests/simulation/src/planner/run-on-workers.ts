import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { PlannerFailure, RangeResult } from "./range.ts";
import type { Portion } from "./worker.ts";

const portionSeeds = 5_000;

/** A range of seeds on so many threads, each of which takes a portion when it has done one. */
export async function runOnWorkers(from: number, seeds: number, workers: number): Promise<RangeResult> {
  const counts = new Map<string, number>();
  const failures: PlannerFailure[] = [];
  let done = 0;
  let next = from;

  async function work(): Promise<void> {
    const execArgv = ["--conditions=@owlivion/source", "--no-warnings"];
    const worker = new Worker(join(import.meta.dirname, "worker.ts"), { execArgv });
    try {
      while (next < from + seeds) {
        const portion = { from: next, seeds: Math.min(portionSeeds, from + seeds - next) };
        next += portion.seeds;
        const result = await ask(worker, portion);
        done += result.seeds;
        failures.push(...result.failures);
        for (const [what, count] of result.counts) counts.set(what, (counts.get(what) ?? 0) + count);
      }
    } finally {
      await worker.terminate();
    }
  }

  await Promise.all(Array.from({ length: workers }, work));
  return { seeds: done, counts, failures };
}

function ask(worker: Worker, portion: Portion): Promise<RangeResult> {
  return new Promise((resolve, reject) => {
    const settle = <T>(take: (value: T) => void) => {
      return (value: T) => {
        worker.off("message", onMessage);
        worker.off("error", onError);
        take(value);
      };
    };
    const onMessage = settle<RangeResult>(resolve);
    const onError = settle<unknown>(reject);
    worker.on("message", onMessage);
    worker.on("error", onError);
    worker.postMessage(portion, []);
  });
}
