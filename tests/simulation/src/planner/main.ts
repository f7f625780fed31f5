import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commitOf } from "../runner/commit-of.ts";
import { readLedger, writeLedger } from "../runner/ledger.ts";
import { readCorpus } from "./corpus.ts";
import { failureOf } from "./shrink.ts";
import { runOnWorkers } from "./run-on-workers.ts";
import type { PlannerCase } from "./steps.ts";

const help = `npm run sim:planner -- [--seeds N] [--from S] [--workers 2] [--ledger] [--replay FILE]

Many small worlds of the pure decisions alone: merge, outbox, plan of a push, judging what arrives, judging a batch, judging a
cursor. No I/O, no crypto. The corpus of what was found before runs first.

  --seeds N      How many worlds; 20000
  --from S       The first seed; 0
  --workers N    Threads; 2
  --ledger       Adds a line to tests/simulation/LEDGER.md
  --replay FILE  Runs one saved world again`;

const here = import.meta.dirname;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20000" },
    from: { type: "string", default: "0" },
    workers: { type: "string", default: "2" },
    ledger: { type: "boolean", default: false },
    replay: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
if (values.replay !== undefined) {
  const failure = failureOf(JSON.parse(readFileSync(values.replay, "utf8")) as PlannerCase);
  console.log(failure === null ? "holds" : failure.message);
  process.exit(failure === null ? 0 : 1);
}

const corpus = readCorpus();
const again = corpus.flatMap(({ name, world }) => {
  const failure = failureOf(world);
  return failure === null ? [] : [`${name}: ${failure.message}`];
});
for (const line of again) console.log(line);
console.log(`corpus: ${corpus.length - again.length} of ${corpus.length} hold`);

const from = Number(values.from);
const startedAt = performance.now();
const { seeds, counts, failures } = await runOnWorkers(from, Number(values.seeds), Number(values.workers));
const seconds = (performance.now() - startedAt) / 1000;

for (const [what, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${String(count).padStart(10)}  ${what}`);
}
if (failures.length > 0) mkdirSync(join(here, "failures"), { recursive: true });
for (const { seed, rule, message, world } of failures) {
  const file = join(here, "failures", `${rule}-${seed}.json`);
  writeFileSync(file, `${JSON.stringify(world, null, 2)}\n`);
  console.log(`seed ${seed}: ${message}\n  npm run sim:planner -- --replay ${file}`);
}
const failed = failures.length + again.length;
const speed = Math.round(seeds / seconds);
console.log(
  `${seeds} worlds from seed ${from} in ${Math.round(seconds)} s (${speed} a second): ${failures.length} failures`,
);

if (values.ledger) {
  const faults = [...counts].filter(([what]) => what.startsWith("fault: ")).reduce((sum, [, count]) => sum + count, 0);
  const date = new Date().toISOString().slice(0, 10);
  const campaign = { date, commit: commitOf(), what: "planner", store: "none", size: "small" } as const;
  writeLedger([...readLedger(), { ...campaign, from, seeds, failures: failed, faults }]);
}
const resultsDir = process.env["TEST_RESULTS"];
if (resultsDir !== undefined) {
  const file = join(resultsDir, `planner-${randomBytes(4).toString("hex")}.json`);
  writeFileSync(file, JSON.stringify({ numPassedTests: seeds + corpus.length - failed, numFailedTests: failed }));
}
process.exit(failed === 0 ? 0 : 1);
