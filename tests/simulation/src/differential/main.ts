import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { plantMutant } from "../mutants/plant-mutant.ts";
import { sqlMutants } from "../mutants/sql-mutants.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    mutant: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

const mutant = values.mutant === undefined ? null : (sqlMutants.find(({ id }) => id === values.mutant) ?? null);
if (values.mutant !== undefined && mutant === null) throw new Error(`no mutant ${values.mutant}`);
const planted = mutant === null ? null : plantMutant(mutant);

// After the planting: what is loaded now has the mistake in it.
const { runDifferential } = await import("./run-differential.ts");
const report = await runDifferential({
  from: Number(values.from),
  seeds: Number(values.seeds),
  mutant,
  isVerbose: values.verbose,
});
planted?.assertPlanted();

const { seeds, answers, failure } = report;
if (mutant === null) {
  console.log(`${seeds} tapes on both servers, ${answers} answers: ${failure === null ? "equal" : failure}`);
  const resultsDir = process.env["TEST_RESULTS"];
  if (resultsDir !== undefined) {
    const counts = { numPassedTests: seeds - (failure === null ? 0 : 1), numFailedTests: failure === null ? 0 : 1 };
    writeFileSync(`${resultsDir}/simulation-differential-${process.pid}.json`, JSON.stringify(counts));
  }
  process.exitCode = failure === null ? 0 : 1;
} else {
  // A mutant that nobody notices is the failure.
  console.log(
    failure === null ? `${mutant.id} SURVIVED ${seeds} tapes` : `${mutant.id} killed by tape ${seeds}: ${failure}`,
  );
  process.exitCode = failure === null ? 1 : 0;
}
