import { fork } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type CaseFile, readCase, writeCase } from "./runner/case-file.ts";
import { type CliOptions, readOptions, usage } from "./runner/cli-options.ts";
import { commitOf } from "./runner/commit-of.ts";
import { appendLedger } from "./runner/ledger.ts";
import { openServers } from "./runner/open-servers.ts";
import { neverTaken } from "./runner/rare-paths.ts";
import { type RangeReport, runGuarded, runRange } from "./runner/run-range.ts";
import { runSeed, type SeedResult } from "./runner/run-seed.ts";
import { shrink, sizeOf, type Tapes } from "./runner/shrink.ts";
import { warmUp } from "./runner/warm-up.ts";
import { makePlan } from "./tapes/plan.ts";
import type { MakeServer } from "./world/world.ts";

const corpusDir = join(import.meta.dirname, "../corpus");
const failuresDir = join(import.meta.dirname, "../failures");

const options = readOptions(process.argv.slice(2));
if (options === null) {
  console.log(usage);
  process.exitCode = 2;
} else if (options.worker !== null) await work(options, options.worker);
else if (options.replay !== null) process.exitCode = await replay(options, options.replay);
else process.exitCode = await campaign(options);

/** The corpus first, then the range, shared among the workers. */
async function campaign(options: CliOptions): Promise<number> {
  const begun = process.hrtime.bigint();
  const corpus = await playCorpus(options);
  const reports = await Promise.all(
    Array.from({ length: options.workers }, async (_, worker) => await startWorker(options, worker)),
  );
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  const total: RangeReport = { seeds: 0, twice: 0, events: 0, failures: corpus.failures, counts: new Map() };
  for (const report of reports) {
    total.seeds += report.seeds;
    total.twice += report.twice;
    total.events += report.events;
    total.failures += report.failures;
    for (const [what, count] of report.counts) total.counts.set(what, (total.counts.get(what) ?? 0) + count);
  }
  if (!options.isQuiet) printCounts(total.counts);
  console.log(
    `${total.seeds} seeds from ${options.from} (${options.mix}, ${options.store}), ${total.twice} of them twice, ` +
      `${total.events} events, ${(total.seeds / seconds).toFixed(1)} seeds/s, ${corpus.cases} cases of the corpus: ` +
      `${total.failures} failures`,
  );
  const missing = neverTaken(total.seeds, total.counts);
  if (missing.length > 0) console.log(`never happened: ${missing.join(", ")}`);
  if (options.isLedgered) appendLedger({ options, total, commit: commitOf() });
  const resultsDir = process.env["TEST_RESULTS"];
  if (resultsDir !== undefined) {
    const counts = {
      numPassedTests: total.seeds + corpus.cases - total.failures,
      numFailedTests: total.failures + missing.length,
    };
    writeFileSync(`${resultsDir}/simulation-${options.store}-${process.pid}.json`, JSON.stringify(counts));
  }
  return total.failures === 0 && missing.length === 0 ? 0 : 1;
}

function printCounts(counts: ReadonlyMap<string, number>): void {
  for (const [what, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
    console.log(`${String(count).padStart(9)}  ${what}`);
}

/** What was found once is looked for first. */
async function playCorpus({ store }: CliOptions): Promise<{ cases: number; failures: number }> {
  const files = existsSync(corpusDir) ? readdirSync(corpusDir).filter((name) => name.endsWith(".json")) : [];
  if (files.length === 0) return { cases: 0, failures: 0 };
  const servers = await openServers(store);
  let failures = 0;
  for (const file of files) {
    const { plan, entries } = readCase(join(corpusDir, file));
    const { violation } = await runGuarded(() => runSeed(plan, { makeServer: servers.make, entries }));
    if (violation === null) continue;
    failures += 1;
    console.log(`corpus/${file}: ${violation.rule}: ${violation.message}`);
  }
  await servers.close();
  return { cases: files.length, failures };
}

function startWorker(
  { from, seeds, store, mix, workers, isShrunk, maxFailures }: CliOptions,
  worker: number,
): Promise<RangeReport> {
  const args = [
    "--from",
    from,
    "--seeds",
    seeds,
    "--store",
    store,
    "--size",
    mix,
    "--workers",
    workers,
    "--worker",
    worker,
  ];
  const child = fork(import.meta.filename, [
    ...args.map(String),
    "--max-failures",
    `${maxFailures}`,
    ...(isShrunk ? ["--shrink"] : []),
  ]);
  return new Promise((resolve, reject) => {
    let report: RangeReport | null = null;
    child.on("message", (message: Omit<RangeReport, "counts"> & { counts: [string, number][] }) => {
      report = { ...message, counts: new Map(message.counts) };
    });
    child.on("exit", (code) => {
      if (report === null) reject(new Error(`worker ${worker} ended with ${code}`));
      else resolve(report);
    });
  });
}

async function work(options: CliOptions, worker: number): Promise<void> {
  const servers = await openServers(options.store);
  // Modules that are loaded late are loaded now: no world waits for a disk.
  await warmUp(servers.make);
  const report = await runRange({
    from: options.from + worker,
    count: options.seeds - worker,
    step: options.workers,
    mix: options.mix,
    maxFailures: options.maxFailures,
    makeServer: servers.make,
    onFailure: async (result) => await save(result, servers.make, options.isShrunk),
  });
  await servers.close();
  process.send!({ ...report, counts: [...report.counts] });
  process.disconnect();
}

async function replay({ store, isShrunk }: CliOptions, path: string): Promise<number> {
  const servers = await openServers(store);
  await warmUp(servers.make);
  const { plan, entries } = /^\d+$/.test(path)
    ? { plan: makePlan(Number(path), "small"), entries: undefined }
    : // npm runs this from the folder of the package.
      readCase(resolve(process.env["INIT_CWD"] ?? ".", path));
  const result = await runGuarded(() =>
    runSeed(plan, { makeServer: servers.make, isTraced: true, ...(entries === undefined ? {} : { entries }) }),
  );
  for (const line of result.trace) console.log(line);
  const { violation } = result;
  console.log(violation === null ? `clean, ${result.hash}` : `${violation.rule}: ${violation.message}`);
  if (violation !== null && isShrunk) await save(result, servers.make, true);
  await servers.close();
  return violation === null ? 0 : 1;
}

/** Keeps a failure, as small as it goes. */
async function save(result: SeedResult, makeServer: MakeServer, isShrunk: boolean): Promise<void> {
  const violation = result.violation!;
  console.log(`seed ${result.plan.seed}: ${violation.rule}: ${violation.message.slice(0, 600)}`);
  const play = (tapes: Tapes, isTraced = false) =>
    runGuarded(() => runSeed(tapes.plan, { makeServer, entries: tapes.entries, isTraced }));
  const tapes: Tapes = isShrunk
    ? await shrink(
        { plan: result.plan, entries: result.entries },
        async (smaller) => (await play(smaller)).violation?.rule === violation.rule,
      )
    : result;
  const last = await play(tapes, true);
  mkdirSync(failuresDir, { recursive: true });
  const file: CaseFile = {
    commit: commitOf(),
    seed: result.plan.seed,
    plan: tapes.plan,
    entries: tapes.entries,
    hash: last.hash,
    oracle: last.violation?.rule ?? `${violation.rule}, not again`,
    message: last.violation?.message ?? violation.message,
    trace: last.trace,
  };
  const path = join(failuresDir, `${violation.rule}-${result.plan.seed}.json`);
  writeCase(path, file);
  console.log(`  ${path} (size ${sizeOf(tapes)})`);
}
