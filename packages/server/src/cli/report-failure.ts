import { CommanderError } from "commander";
import { styleText } from "node:util";
import { OperatorError } from "../operator-error.ts";

/** Tells a failure on standard error, and the exit code for it: 1 it failed, 2 it was asked for wrongly. */
export function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // Commander has told it already.
  if (isPromptClosed(error)) return 130; // Ctrl-C at a question.
  if (error instanceof OperatorError) {
    process.stderr.write(`${styleText("red", error.message)}\n`);
    return error.exitCode;
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

function isPromptClosed(error: unknown): boolean {
  return error instanceof Error && error.name === "ExitPromptError";
}
