import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeDataDir, startServer, wide } from "../forms/server.ts";
import { runSchemathesis } from "./schemathesis.ts";
import { summarize } from "./summarize.ts";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";

const help = `npm run fuzz -- [--cases N] [--schemathesis N] [--seed S]

Two fuzzers over docs/openapi.json: no 5xx, no undocumented answer, no byte of another account.

  --cases N         Cases an operation of our own fuzzer; a tenth where a secret is hashed; 1000
  --schemathesis N  Examples an operation of schemathesis; 0 leaves it out, and is the default
  --seed S          Repeats a run
  --report FILE     Where our own fuzzer notes each operation; a stopped run goes on behind what the file holds`;

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "1000" },
    schemathesis: { type: "string", default: "0" },
    seed: { type: "string" },
    report: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const dir = mkdtempSync(join(tmpdir(), "owlivion-fuzz-"));
const report = values.report ?? join(dir, "report.jsonl");
const env = {
  ...process.env,
  FUZZ_CASES: values.cases,
  FUZZ_REPORT: report,
  ...(values.seed === undefined ? {} : { FUZZ_SEED: values.seed }),
};
const args = ["run", "--project", "pg", "packages/server/test/fuzz.pg.test.ts"];
const own = spawnSync("node_modules/.bin/vitest", args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
console.log(summarize(readFileSync(report, "utf8")));

let isClean = own.status === 0;
if (values.schemathesis !== "0") isClean = (await withSchemathesis(Number(values.schemathesis))) && isClean;
rmSync(dir, { recursive: true, force: true });
process.exit(isClean ? 0 : 1);

/** Over real HTTP, as a signed-in account. */
async function withSchemathesis(examples: number): Promise<boolean> {
  const data = makeDataDir();
  const server = await startServer({ ...wide, OWLIVION_DATA_DIR: data.path, DATABASE_POOL_WAIT_MS: "60000" });
  try {
    const account = {
      email: `fuzz-${randomUUID()}@example.com`,
      password: "a secret of the fuzzer",
      device_id: randomUUID(),
    };
    const reply = await fetch(`${server.url}/api/v1/auth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(account),
    });
    const token = ((await reply.json()) as { data: { tokens: { access_token: string } } }).data.tokens.access_token;
    const passed = await runSchemathesis({
      cache: join(homedir(), ".cache", "owlivion-sync"),
      document: join(root, "docs/openapi.json"),
      url: server.url,
      token,
      examples,
      seed: values.seed ?? null,
    });
    const resultsDir = process.env["TEST_RESULTS"];
    if (resultsDir !== undefined) {
      const counts = { numPassedTests: passed ? 1 : 0, numFailedTests: passed ? 0 : 1 };
      writeFileSync(join(resultsDir, `schemathesis-${process.pid}.json`), JSON.stringify(counts));
    }
    return passed;
  } finally {
    await server.stop();
    data.remove();
  }
}
