import { CommanderError } from "commander";
import { isSyncError } from "@owlivion/sync-client";
import { styleText } from "node:util";
import { CliError } from "../cli-error.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "../exit-codes.ts";
import { plainText } from "./print.ts";

/** Tells a failure on standard error, and the exit code for it. */
export function reportFailure(error: unknown, isJson: boolean): ExitCode {
  if (error instanceof CommanderError) {
    // Help and version end this way too. Commander has told people already.
    if (error.exitCode === 0) return exitCodes.done;
    if (isJson) writeJson("USAGE", error.message.replace(/^error: /, ""));
    return exitCodes.usage;
  }
  if (isPromptClosed(error)) return exitCodes.interrupted;
  if (error instanceof CliError) return tell(error.code, error.message, error.exitCode, isJson);
  if (isSyncError(error) && error.code !== "INTERNAL") {
    return tell(error.code, withHint(error.code, error.message), exitCodeOf(error), isJson);
  }
  return reportMistake(error, isJson);
}

/** Our own: whoever reports it needs the stack. */
function reportMistake(error: unknown, isJson: boolean): ExitCode {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  if (isJson) writeJson("INTERNAL", stack);
  else process.stderr.write(`${stack}\n`);
  return exitCodes.failed;
}

function tell(code: string, message: string, exitCode: ExitCode, isJson: boolean): ExitCode {
  if (isJson) writeJson(code, message);
  else process.stderr.write(`${styleText("red", message.split("\n").map(plainText).join("\n"))}\n`);
  return exitCode;
}

const writeJson = (code: string, message: string): void =>
  void process.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);

/** What to type next, where the SDK's message cannot know it. */
function withHint(code: string, message: string): string {
  const hint = hints[code];
  return hint === undefined ? message : `${message} ${hint}`;
}

const hints: Readonly<Record<string, string>> = {
  NOT_SIGNED_IN: "owlivion login does that.",
  LOCKED: "owlivion login does that.",
  SESSION_REVOKED: "Sign in again: owlivion login.",
  INVALID_REFRESH_TOKEN: "Sign in again: owlivion login.",
  KEY_UNAVAILABLE: "owlivion login does that.",
  CONFLICT_NOT_FOUND: "owlivion conflicts list shows those that are open.",
  EMAIL_EXISTS: "Is it yours? Then owlivion login.",
};

function isPromptClosed(error: unknown): boolean {
  return error instanceof Error && (error.name === "ExitPromptError" || error.name === "AbortPromptError");
}
