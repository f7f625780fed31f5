import { fork } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { engineMutants } from "./mutants/engine-mutants.ts";
import type { Catch } from "./mutants/hunt.ts";
import { writeCase } from "./runner/case-file.ts";
import { commitOf } from "./runner/commit-of.ts";
import { openServers } from "./runner/open-servers.ts";
import { runGuarded } from "./runner/run-range.ts";
import { runSeed } from "./runner/run-seed.ts";
import { warmUp } from "./runner/warm-up.ts";
import type { MakeServer } from "./world/world.ts";
import { readLedger, writeLedger } from "./runner/ledger.ts";

const usage = `npm run sim:mutants -- [options]

  --only ID       one mutant
  --workers N     processes at a time (2)
  --from S        the first seed (1)
  --max N         how many seeds at most for each (60, or ten times what it needed before; 2000 with --update)
  --shrink        tells how small each one's failure gets
  --update        writes the seeds to detection into mutants/budget.json, the budget of later runs
  --ledger        writes the run into LEDGER.md
`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    workers: { type: "string", default: "2" },
    from: { type: "string", default: "1" },
    max: { type: "string" },
    shrink: { type: "boolean", default: false },
    update: { type: "boolean", default: false },
    ledger: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const budgetPath = join(import.meta.dirname, "mutants/budget.json");
/** A mutant that needs ten times the seeds it needed before is as good as lost; few seeds are chance. */
const slack = 10;
const leastSeeds = 60;

if (values.help) console.log(usage);
else process.exitCode = await huntAll();

/** What the same tapes do to the healthy product: anything, and it was no mutant that was found. */
async function isFalseAlarm({ id, tapes }: Catch, makeServer: MakeServer): Promise<boolean> {
  if (tapes === null) return false;
  const { violation, hash, trace } = await runGuarded(() =>
    runSeed(tapes.plan, { makeServer, entries: tapes.entries, isTraced: true }),
  );
  if (violation === null) return false;
  const path = join(import.meta.dirname, `../failures/${violation.rule}-with-${id}.json`);
  mkdirSync(dirname(path), { recursive: true });
  const { rule: oracle, message } = violation;
  writeCase(path, { commit: commitOf(), seed: tapes.plan.seed, ...tapes, hash, oracle, message, trace });
  console.log(`${id}: seed ${tapes.plan.seed} fails without it too, ${oracle}: ${message.slice(0, 300)}`);
  return true;
}

/** From seed to seed, until one is found that the healthy product passes. */
async function huntOne(id: string, maxSeeds: number, makeServer: MakeServer): Promise<Catch> {
  for (let tried = 0; ;) {
    const result = await huntInProcess(id, Number(values.from) + tried, maxSeeds - tried);
    if (result.seeds === null) return result;
    tried += result.seeds;
    if (!(await isFalseAlarm(result, makeServer))) return { ...result, seeds: tried };
  }
}

/** Every mutant, each in a process of its own; 0 when all were found within their budgets. */
async function huntAll(): Promise<number> {
  const budget = JSON.parse(readFileSync(budgetPath, "utf8")) as Record<string, number>;
  const mutants = engineMutants.filter(({ id }) => values.only === undefined || id === values.only);
  const waiting = [...mutants];
  const caught: Catch[] = [];
  const { make: makeServer } = await openServers("memory");
  await warmUp(makeServer);
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const known = budget[mutant.id];
      const usual = values.update || known === undefined ? 2000 : Math.max(leastSeeds, known * slack);
      const maxSeeds = values.max === undefined ? usual : Number(values.max);
      const result = await huntOne(mutant.id, maxSeeds, makeServer);
      caught.push(result);
      console.log(line(result, mutant.breaks, known, maxSeeds));
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, work));
  return tell(mutants.length, caught, budget);
}

function line(
  { id, seeds, rule, shrunkSize }: Catch,
  breaks: string,
  known: number | undefined,
  maxSeeds: number,
): string {
  const found =
    seeds === null ? `NOT FOUND in ${maxSeeds} seeds ${rule ?? ""}` : `${String(seeds).padStart(5)} seeds by ${rule}`;
  const size = shrunkSize === null ? "" : `, size ${shrunkSize}`;
  return `${id.padEnd(34)} ${breaks.padEnd(20)} ${found}${size} (before: ${known ?? "new"})`;
}

function tell(count: number, caught: readonly Catch[], budget: Record<string, number>): number {
  const found = caught.filter(({ seeds }) => seeds !== null);
  const median = medianOf(found.map(({ seeds }) => seeds!));
  const size = medianOf(found.flatMap(({ shrunkSize }) => (shrunkSize === null ? [] : [shrunkSize])));
  console.log(
    `${found.length} of ${count} mutants found, median ${median} seeds${size === null ? "" : `, median size ${size}`}`,
  );
  if (values.update) {
    const next = Object.fromEntries(
      engineMutants.map(({ id }) => [id, caught.find((each) => each.id === id)?.seeds ?? budget[id] ?? 0]),
    );
    writeFileSync(budgetPath, `${JSON.stringify(next, null, 2)}\n`);
  }
  const failures = count - found.length;
  if (values.ledger) {
    writeLedger([
      ...readLedger(),
      {
        date: new Date().toISOString().slice(0, 10),
        commit: commitOf(),
        what: "mutants",
        store: "memory",
        size: "small",
        from: Number(values.from),
        seeds: count,
        failures,
        faults: 0,
        ...(size === null ? {} : { medianShrunkSize: size }),
      },
    ]);
  }
  const resultsDir = process.env["TEST_RESULTS"];
  if (resultsDir !== undefined) {
    const counts = { numPassedTests: found.length, numFailedTests: failures };
    writeFileSync(`${resultsDir}/simulation-mutants.json`, JSON.stringify(counts));
  }
  return failures === 0 ? 0 : 1;
}

function medianOf(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

function huntInProcess(id: string, from: number, maxSeeds: number): Promise<Catch> {
  const args = ["--hunt", id, "--max", `${maxSeeds}`, "--from", `${from}`, ...(values.shrink ? ["--shrink"] : [])];
  const child = fork(join(import.meta.dirname, "mutants/hunt-main.ts"), args);
  return new Promise((resolve) => {
    let result: Catch = { id, seeds: null, rule: "its process failed", shrunkSize: null, tapes: null };
    child.on("message", (message: Catch) => (result = message));
    child.on("exit", () => resolve(result));
  });
}
