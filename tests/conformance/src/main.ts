import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { allCases } from "./cases/index.ts";
import { runForms } from "./forms/index.ts";
import { leftOut, table, totals } from "./report.ts";
import { runCases } from "./run-cases.ts";

const help = `npm run conformance -- [--url https://…] [--admin-token …] [--rule R7] [--json]

Holds a server to the rules of docs/protocol.md and to docs/openapi.json, from outside.

  --url URL           The server. Given twice: processes of one database, by turns. Without it the suite starts ours
                      in four forms: embedded PostgreSQL 18, PostgreSQL 15, behind pgbouncer, two processes
  --form NAME         One of these forms: embedded, postgres-15, pgbouncer, two-processes
  --admin-token TOKEN The operator's token, for the operator's routes
  --rule RULE         Only the cases of this rule
  --json              Results as JSON

A server under test needs RATE_LIMIT_SCALE=1000000, or the run waits as its 429 say. README.md tells what else.`;

const forms = ["embedded", "postgres-15", "pgbouncer", "two-processes"];

const { values } = parseArgs({
  options: {
    url: { type: "string", multiple: true },
    form: { type: "string", multiple: true },
    "admin-token": { type: "string" },
    rule: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  console.log(help);
  process.exit(0);
}
const cases = values.rule === undefined ? allCases : allCases.filter(({ rule }) => rule === values.rule);
const runs =
  values.url === undefined
    ? await runForms(new Set(values.form ?? forms), new Set(cases))
    : [
        await runCases({
          name: new URL(values.url[0]!).host,
          urls: values.url,
          adminToken: values["admin-token"] ?? null,
          cases,
        }),
      ];
const { passed, failed, skipped } = totals(runs);
const isWhole = values.url === undefined && values.form === undefined && values.rule === undefined;
const missing = isWhole ? leftOut(runs) : { operations: [], codes: [] };
const gaps = [...missing.operations, ...missing.codes];

if (values.json) {
  console.log(
    JSON.stringify({ passed, failed, skipped, missing, runs: runs.map(({ name, results }) => ({ name, results })) }),
  );
} else {
  console.log(table(runs));
  const reasons = runs.flatMap(({ results }) => results.filter(({ outcome }) => outcome === "skipped"));
  if (!isWhole) for (const { rule, title, reason } of reasons) console.log(`skipped: ${rule} ${title}: ${reason}`);
  if (gaps.length > 0) console.log(`no case reached: ${gaps.join(", ")}`);
  console.log(`${passed} passed, ${failed + gaps.length} failed`);
}
const resultsDir = process.env["TEST_RESULTS"];
if (resultsDir !== undefined) {
  const file = join(resultsDir, `conformance-${randomBytes(4).toString("hex")}.json`);
  writeFileSync(file, JSON.stringify({ numPassedTests: passed, numFailedTests: failed + gaps.length }));
}
process.exit(failed + gaps.length === 0 ? 0 : 1);
