import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
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

/** Before the process ends: gives a reader that still reads the time to take the last lines. */
export async function drainStandardOutput(patienceMs: number): Promise<void> {
  if (process.stdout.writableLength === 0) return;
  const drained = new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
  await Promise.race([drained, sleep(patienceMs)]);
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
