import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { adminToken, makeDataDir, startServer, wide } from "../forms/server.ts";
import { runSchemathesis } from "./schemathesis.ts";
import { summarize } from "./summarize.ts";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";

const help = `npm run fuzz -- [--cases N] [--schemathesis N] [--seed S]

Two fuzzers over docs/openapi.json: no 5xx, no undocumented answer, no byte of another account.

  --cases N         Cases an operation of our own fuzzer; a tenth where a secret is hashed; 1000; 0 leaves it out
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

let isClean = values.cases === "0" || runOwn();
if (values.schemathesis !== "0") isClean = (await withSchemathesis(Number(values.schemathesis))) && isClean;
process.exit(isClean ? 0 : 1);

function runOwn(): boolean {
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
  rmSync(dir, { recursive: true, force: true });
  return own.status === 0;
}

/** Over real HTTP: the operator's routes, and those of an account in parts that end before its token does. */
async function withSchemathesis(examples: number): Promise<boolean> {
  const data = makeDataDir();
  const server = await startServer({ ...wide, OWLIVION_DATA_DIR: data.path, DATABASE_POOL_WAIT_MS: "60000" });
  const run = async (paths: RegExp, token: string): Promise<boolean> =>
    await runSchemathesis({
      cache: join(homedir(), ".cache", "owlivion-sync"),
      document: join(root, "docs/openapi.json"),
      url: server.url,
      token,
      paths,
      examples,
      seed: values.seed ?? null,
    });
  try {
    const passed = [await run(/^\/(api\/v1\/(admin|config)|metrics|health)/, adminToken)];
    for (const paths of [/^\/api\/v1\/(auth|account|devices)/, /^\/api\/v1\/sync\//]) {
      passed.push(await run(paths, await register(server.url)));
    }
    const resultsDir = process.env["TEST_RESULTS"];
    if (resultsDir !== undefined) {
      const numPassedTests = passed.filter(Boolean).length;
      const counts = { numPassedTests, numFailedTests: passed.length - numPassedTests };
      writeFileSync(join(resultsDir, `schemathesis-${process.pid}.json`), JSON.stringify(counts));
    }
    return passed.every(Boolean);
  } finally {
    await server.stop();
    data.remove();
  }
}

/** An account of its own; answers its access token. */
async function register(url: string): Promise<string> {
  const account = {
    email: `fuzz-${randomUUID()}@example.com`,
    password: "a secret of the fuzzer",
    device_id: randomUUID(),
  };
  const reply = await fetch(`${url}/api/v1/auth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(account),
  });
  return ((await reply.json()) as { data: { tokens: { access_token: string } } }).data.tokens.access_token;
}
