import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import type { PlannerFailure, RangeResult } from "./range.ts";
import { failureOf } from "./shrink.ts";
import type { PlannerCase } from "./steps.ts";

const help = `npm run sim:planner -- [--seeds N] [--from S] [--workers 2] [--record] [--replay FILE]

Many small worlds of the pure decisions alone: merge, outbox, plan of a push, judging what arrives, judging a batch, judging a
cursor. No I/O, no crypto.

  --seeds N      How many worlds; 20000
  --from S       The first seed; 0
  --record       Adds a line to ledger.jsonl
  --replay FILE  Runs one saved world again`;

const here = import.meta.dirname;
const portion = 10_000;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20000" },
    from: { type: "string", default: "0" },
    workers: { type: "string", default: "2" },
    record: { type: "boolean", default: false },
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

const [first, seeds] = [Number(values.from), Number(values.seeds)];
const startedAt = performance.now();
const counts = new Map<string, number>();
const failures: PlannerFailure[] = [];
let done = 0;
let next = first;

async function work(): Promise<void> {
  while (next < first + seeds) {
    const from = next;
    next = Math.min(from + portion, first + seeds);
    const result = await runInWorker(from, next - from);
    done += result.seeds;
    failures.push(...result.failures);
    for (const [what, count] of result.counts) counts.set(what, (counts.get(what) ?? 0) + count);
  }
}

function runInWorker(from: number, count: number): Promise<RangeResult> {
  return new Promise((resolve, reject) => {
    const execArgv = ["--conditions=@owlivion/source", "--no-warnings"];
    const worker = new Worker(join(here, "worker.ts"), { workerData: { from, seeds: count }, execArgv });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

await Promise.all(Array.from({ length: Number(values.workers) }, work));

for (const [what, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`${String(count).padStart(10)}  ${what}`);
}
if (failures.length > 0) mkdirSync(join(here, "failures"), { recursive: true });
for (const { seed, rule, message, world } of failures) {
  const file = join(here, "failures", `${rule}-${seed}.json`);
  writeFileSync(file, `${JSON.stringify(world, null, 2)}\n`);
  console.log(`seed ${seed}: ${message}\n  npm run sim:planner -- --replay ${file}`);
}
const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(`${done} worlds from seed ${first} in ${seconds} s: ${failures.length} failures`);

if (values.record) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: here, encoding: "utf8" }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const line = { date, commit, from: first, seeds: done, failures: failures.length, seconds };
  appendFileSync(join(here, "ledger.jsonl"), `${JSON.stringify({ ...line, counts: Object.fromEntries(counts) })}\n`);
}
const resultsDir = process.env["TEST_RESULTS"];
if (resultsDir !== undefined) {
  const file = join(resultsDir, `planner-${randomBytes(4).toString("hex")}.json`);
  const failed = failures.length > 0 ? 1 : 0;
  writeFileSync(file, JSON.stringify({ numPassedTests: 1 - failed, numFailedTests: failed }));
}
process.exit(failures.length === 0 ? 0 : 1);
