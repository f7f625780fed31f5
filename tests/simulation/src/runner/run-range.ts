import { forbidGlobals } from "../time/forbid-globals.ts";
import { makePlan } from "../tapes/plan.ts";
import type { MakeServer } from "../world/world.ts";
import { runSeed, type SeedResult } from "./run-seed.ts";

export interface Range {
  readonly from: number;
  readonly count: number;
  /** Only each n-th, beginning with this one: how workers share a range. */
  readonly step: number;
  readonly mix: "small" | "mixed";
  readonly makeServer: MakeServer;
  readonly onFailure: (result: SeedResult) => Promise<void>;
  /** Stops after so many failures. */
  readonly maxFailures: number;
}

export interface RangeReport {
  seeds: number;
  twice: number;
  events: number;
  failures: number;
  readonly counts: Map<string, number>;
}

const realSetImmediate = setImmediate;

/** Every seed of a range. One in a hundred runs twice, and must go the same way. */
export async function runRange(range: Range): Promise<RangeReport> {
  const report: RangeReport = { seeds: 0, twice: 0, events: 0, failures: 0, counts: new Map() };
  for (let seed = range.from; seed < range.from + range.count; seed += range.step) {
    const plan = makePlan(seed, range.mix);
    const result = await runGuarded(() => runSeed(plan, { makeServer: range.makeServer }));
    report.seeds += 1;
    report.events += result.events;
    for (const [what, count] of result.counts) report.counts.set(what, (report.counts.get(what) ?? 0) + count);
    let failed: SeedResult | null = result.violation === null ? null : result;
    if (failed === null && seed % 100 === 0) {
      const again = await runGuarded(() => runSeed(plan, { makeServer: range.makeServer, entries: result.entries }));
      report.twice += 1;
      if (again.hash !== result.hash) {
        failed = { ...result, violation: { rule: "determinism", message: `${result.hash}, then ${again.hash}` } };
      }
    }
    if (failed === null) continue;
    report.failures += 1;
    await range.onFailure(failed);
    if (report.failures >= range.maxFailures) break;
  }
  return report;
}

/** With time and chance forbidden, and every rejection that nobody handles told. */
export async function runGuarded(run: () => Promise<SeedResult>): Promise<SeedResult> {
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", onUnhandled);
  const allow = forbidGlobals();
  try {
    const result = await run();
    allow();
    await new Promise((resolve) => realSetImmediate(resolve));
    if (result.violation !== null || unhandled.length === 0) return result;
    const [error] = unhandled;
    return { ...result, violation: { rule: "unhandled", message: String((error as Error)?.stack ?? error) } };
  } finally {
    allow();
    process.off("unhandledRejection", onUnhandled);
  }
}
