import { createProgram } from "./create-program.ts";
import { protectIds } from "./id-argument.ts";
import { reportFailure } from "./terminal/report-failure.ts";
import { drainStandardOutput, watchStandardOutput } from "./terminal/standard-output.ts";

watchStandardOutput();

const args = process.argv.slice(2);
const end = args.indexOf("--");
const isJson = (end === -1 ? args : args.slice(0, end)).includes("--json");

try {
  await createProgram(isJson).parseAsync(protectIds(args), { from: "user" });
} catch (error) {
  process.exitCode = reportFailure(error, isJson);
}
await drainStandardOutput();
// A connection that is kept open for the next request must not keep the process.
process.exit();
