import type { Cases } from "./case.ts";
import { readFacts } from "./facts.ts";
import { Contract } from "./http/contract.ts";
import { Target } from "./http/target.ts";
import { World } from "./world.ts";

export interface CaseResult {
  readonly rule: string;
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it was skipped, or how it failed. */
  readonly reason: string | null;
  readonly ms: number;
}

export interface RunResult {
  readonly name: string;
  readonly results: readonly CaseResult[];
  readonly operations: ReadonlySet<string>;
  readonly codes: ReadonlySet<string>;
}

export interface RunOptions {
  readonly name: string;
  readonly urls: readonly string[];
  readonly adminToken: string | null;
  readonly cases: Cases;
}

/** One case after the other, against one server or several of one database. */
export async function runCases({ name, urls, adminToken, cases }: RunOptions): Promise<RunResult> {
  const target = new Target(urls, Contract.read());
  const facts = await readFacts(target, adminToken);
  const world = new World(target, facts);
  const results: CaseResult[] = [];
  for (const { rule, title, needs, run } of cases) {
    const lacking = needs(facts);
    const startedAt = performance.now();
    const note = (outcome: CaseResult["outcome"], reason: string | null) => {
      results.push({ rule, title, outcome, reason, ms: Math.round(performance.now() - startedAt) });
      if (outcome === "failed") console.error(`✗ ${name}: ${rule} ${title}\n${reason}`);
    };
    if (lacking !== null) {
      note("skipped", lacking);
      continue;
    }
    try {
      await run(world);
      note("passed", null);
    } catch (error) {
      note("failed", error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
  return { name, results, operations: target.operations, codes: target.codes };
}
