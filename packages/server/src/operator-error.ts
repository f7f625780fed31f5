/**
 * A failure the operator can do something about: its message says what is wrong and what to do, and is printed without a
 * stack. Exit codes: 1 it failed, 2 it was asked for wrongly (settings, arguments).
 */
export class OperatorError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "OperatorError";
    this.exitCode = options.exitCode ?? 1;
  }
}
