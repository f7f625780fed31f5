import type { Defect } from "./planner-device.ts";
import { runCase } from "./run-case.ts";
import type { PlannerCase } from "./steps.ts";
import { Violation } from "./violation.ts";

/** What goes wrong in a case; null: nothing. Any other error than a violation is the planner's own. */
export function failureOf(world: PlannerCase, defect: Defect | null = null): Violation | null {
  try {
    runCase(world, new Map(), defect);
    return null;
  } catch (error) {
    if (error instanceof Violation) return error;
    throw error;
  }
}

/** Takes away what is not needed for the same rule to break, from spans to single steps. */
export function shrink(world: PlannerCase, rule: string, defect: Defect | null = null): PlannerCase {
  let smallest = world;
  const tryOne = (candidate: PlannerCase): boolean => {
    if (failureOf(candidate, defect)?.rule !== rule) return false;
    smallest = candidate;
    return true;
  };
  for (const part of ["steps", "history"] as const) {
    for (let span = Math.ceil(smallest[part].length / 2); span >= 1; span = span === 1 ? 0 : Math.ceil(span / 2)) {
      for (let start = 0; start < smallest[part].length;) {
        if (!tryOne({ ...smallest, [part]: smallest[part].toSpliced(start, span) })) start += span;
      }
    }
  }
  tryOne({ ...smallest, records: 1 });
  tryOne({ ...smallest, devices: 2 });
  return smallest;
}
