import { createProgram } from "./create-program.ts";
import { reportFailure } from "./report-failure.ts";
import { watchStandardOutput } from "./standard-output.ts";

watchStandardOutput();

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
