import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { sqlMutants } from "./sql-mutants.ts";

const { values } = parseArgs({
  options: { tapes: { type: "string", default: "300" }, workers: { type: "string", default: "2" } },
});
const main = fileURLToPath(new URL("../differential/main.ts", import.meta.url));
const run = promisify(execFile);
const waiting = [...sqlMutants];
let killed = 0;

/** Each in a process of its own, with a database of its own: every one must make the two servers differ. */
async function work(): Promise<void> {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const args = ["--conditions=@owlivion/source", main, "--mutant", mutant.id, "--seeds", values.tapes];
    const { stdout, isKilled } = await run(process.execPath, args).then(
      ({ stdout }) => ({ stdout, isKilled: true }),
      (error: { stdout?: string }) => ({ stdout: error.stdout ?? String(error), isKilled: false }),
    );
    if (isKilled) killed += 1;
    const verdict = stdout.split("\n").find((line) => line.startsWith(mutant.id)) ?? stdout;
    console.log(`${mutant.breaks.padEnd(6)} ${verdict.split(": ")[0]}`);
  }
}

await Promise.all(Array.from({ length: Number(values.workers) }, work));
console.log(`${killed} of ${sqlMutants.length} mutants of the SQL killed`);
const resultsDir = process.env["TEST_RESULTS"];
if (resultsDir !== undefined) {
  const counts = { numPassedTests: killed, numFailedTests: sqlMutants.length - killed };
  writeFileSync(`${resultsDir}/simulation-sql-mutants-${process.pid}.json`, JSON.stringify(counts));
}
process.exitCode = killed === sqlMutants.length ? 0 : 1;
