import { type ExitCode, exitCodes } from "./exit-codes.ts";

export interface CliErrorOptions extends ErrorOptions {
  /** Stable, for scripts; `FAILED`, or `USAGE` with exit code 2, when absent. */
  readonly code?: string;
  readonly exitCode?: ExitCode;
}

/** A failure that whoever typed the command can do something about: printed without a stack. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(message: string, options: CliErrorOptions = {}) {
    super(message, options);
    this.exitCode = options.exitCode ?? exitCodes.failed;
    this.code = options.code ?? (this.exitCode === exitCodes.usage ? "USAGE" : "FAILED");
  }
}

export const usageError = (message: string, options: ErrorOptions = {}): CliError =>
  new CliError(message, { ...options, exitCode: exitCodes.usage });
