import type { Writable } from "node:stream";
import { OperatorError } from "../operator-error.ts";

let failure: NodeJS.ErrnoException | undefined;

/**
 * A reader of standard output that goes away must not end the process: a command still has its database to close. One that
 * prints goes on to its end, as a reader that has seen enough (`| head`) is no failure; a full disk is one.
 */
export function watchStandardOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (failure === undefined && error.code !== "EPIPE") {
      process.stderr.write(`Standard output cannot be written: ${error.message}\n`);
      process.exitCode = 1;
    }
    failure ??= error;
  });
}

/** For what is worth nothing in part: throws unless standard output has taken everything that `write` gave it. */
export async function fillStandardOutput<T>(write: (output: Writable) => Promise<T>): Promise<T> {
  try {
    const result = await write(process.stdout);
    await new Promise<void>((resolve, reject) => {
      process.stdout.write("", (error) => (error ? reject(error) : resolve()));
    });
    if (failure !== undefined) throw failure;
    return result;
  } catch (cause) {
    if (failure === undefined) throw cause;
    throw new OperatorError(`Standard output did not take everything (${failure.message}): what it has is not whole.`, {
      cause,
    });
  }
}
