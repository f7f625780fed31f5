import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { appendToLedger } from "./ledger.ts";
import { renderTable, type TestReport } from "./report.ts";
import { warmCompileCache } from "./server/server.ts";
import { tortureTests } from "./torture/tests.ts";
import { emptyTally, type TortureTest } from "./torture/torture-test.ts";
import { killAllNow } from "./world/child.ts";
import { removeFoldersNow, Scope } from "./world/scope.ts";

const usage = `npm run faults -- [--campaign] [--only T1,T3] [--count N] [--list]

A short round of every test, or with --campaign the full one. --count replaces how often the fault of a test happens. What
was run is appended to tests/faults/LEDGER.jsonl by a campaign and with --count.`;

const { values } = parseArgs({
  options: {
    campaign: { type: "boolean", default: false },
    only: { type: "string" },
    count: { type: "string" },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else if (values.list) for (const { id, title } of tortureTests) console.log(id.padEnd(6), title);
// Not by falling off the end: after many children and cut links Node may wait for a handle of its own for ever.
else process.exit(await runTests());

async function runTests(): Promise<number> {
  process.on("exit", endEverything);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

  const wanted = values.only?.split(",");
  const tests = tortureTests.filter((test) => wanted?.includes(test.id) ?? countOf(test) > 0);
  const unknown = (wanted ?? []).filter((id) => !tortureTests.some((test) => test.id === id));
  if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}; --list shows what there is`);
  await inScope(warmCompileCache);

  const reports: TestReport[] = [];
  for (const test of tests) {
    const report = await runTest(test);
    reports.push(report);
    console.log(renderTable([report]).split("\n")[1]);
    for (const broken of report.tally.broken.slice(0, 20)) console.log(`  ${broken}`);
    if (values.campaign || values.count !== undefined) appendToLedger([report], "campaign");
  }
  console.log(`\n${renderTable(reports)}`);
  const failed = reports.filter(({ tally }) => tally.broken.length > 0).length;
  const resultsDir = process.env["TEST_RESULTS"];
  if (resultsDir !== undefined) {
    const counts = { numPassedTests: reports.length - failed, numFailedTests: failed };
    writeFileSync(`${resultsDir}/faults-${process.pid}.json`, JSON.stringify(counts));
  }
  return failed === 0 ? 0 : 1;
}

function countOf({ short, campaign }: TortureTest): number {
  if (values.count !== undefined) return Number(values.count);
  return values.campaign ? campaign : short;
}

async function runTest(test: TortureTest): Promise<TestReport> {
  const { id, title } = test;
  const count = countOf(test);
  const tally = emptyTally();
  const began = performance.now();
  console.log(`${id}: ${title}`);
  try {
    await inScope((scope) => test.run({ scope, count, tally, note: (text) => console.log(`  ${text}`) }));
  } catch (error) {
    tally.broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return { id, title, tally, seconds: Math.round((performance.now() - began) / 1000) };
}

async function inScope(work: (scope: Scope) => Promise<void>): Promise<void> {
  const scope = new Scope();
  try {
    await work(scope);
  } finally {
    await scope.end();
  }
}

function endEverything(): void {
  killAllNow();
  removeFoldersNow();
}
