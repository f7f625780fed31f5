import { type Counts, runCase } from "./run-case.ts";
import { shrink } from "./shrink.ts";
import { makeCase, type PlannerCase } from "./steps.ts";
import { Violation } from "./violation.ts";

export interface PlannerFailure {
  readonly seed: number;
  readonly rule: string;
  readonly message: string;
  readonly world: PlannerCase;
}

export interface RangeResult {
  readonly seeds: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly failures: readonly PlannerFailure[];
}

const enoughFailures = 20;

/** Seeds from `from` on, each a world of its own; failures come shrunk. */
export function runRange(from: number, seeds: number): RangeResult {
  const counts: Counts = new Map();
  const failures: PlannerFailure[] = [];
  for (let seed = from; seed < from + seeds && failures.length < enoughFailures; seed += 1) {
    const world = makeCase(seed);
    try {
      runCase(world, counts);
    } catch (error) {
      if (!(error instanceof Violation)) throw new Error(`seed ${seed}`, { cause: error });
      const { rule, message } = error;
      failures.push({ seed, rule, message, world: shrink(world, rule) });
    }
  }
  return { seeds, counts, failures };
}
