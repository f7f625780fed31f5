import type { Tapes } from "../runner/shrink.ts";
import { plantMutant } from "./plant-mutant.ts";
import type { SimMutant } from "./sim-mutant.ts";

/** What became of the hunt for one mutant. */
export interface Catch {
  readonly id: string;
  /** How many seeds it took; null: it was not found. */
  readonly seeds: number | null;
  readonly rule: string | null;
  readonly shrunkSize: number | null;
  /** What found it: on the healthy product the same must find nothing. */
  readonly tapes: Tapes | null;
}

export interface HuntOptions {
  readonly from: number;
  readonly maxSeeds: number;
  readonly isShrunk: boolean;
}

/** Plants it, and runs seeds until an oracle finds it. Alone in its process: what is loaded stays planted. */
export async function hunt(mutant: SimMutant, { from, maxSeeds, isShrunk }: HuntOptions): Promise<Catch> {
  const planted = plantMutant(mutant);
  const { openServers } = await import("../runner/open-servers.ts");
  const { runGuarded } = await import("../runner/run-range.ts");
  const { runSeed } = await import("../runner/run-seed.ts");
  const { shrink, sizeOf } = await import("../runner/shrink.ts");
  const { warmUp } = await import("../runner/warm-up.ts");
  const { makePlan } = await import("../tapes/plan.ts");
  const { make: makeServer } = await openServers("memory");
  await warmUp(makeServer);
  planted.assertPlanted();
  for (let seeds = 1; seeds <= maxSeeds; seeds += 1) {
    const plan = makePlan(from + seeds - 1, "small", mutant.focus);
    const { violation, entries } = await runGuarded(() => runSeed(plan, { makeServer }));
    // A mistake of the simulation finds nothing.
    if (violation === null || violation.rule === "harness") continue;
    const { rule } = violation;
    const tapes = { plan, entries };
    if (!isShrunk) return { id: mutant.id, seeds, rule, shrunkSize: null, tapes };
    const smallest = await shrink(
      tapes,
      async (tapes) =>
        (await runGuarded(() => runSeed(tapes.plan, { makeServer, entries: tapes.entries }))).violation?.rule === rule,
      { maxSuccesses: 150, maxStalled: 80 },
    );
    return { id: mutant.id, seeds, rule, shrunkSize: sizeOf(smallest), tapes };
  }
  return { id: mutant.id, seeds: null, rule: null, shrunkSize: null, tapes: null };
}
