import { once } from "node:events";

let failure: NodeJS.ErrnoException | undefined;

/** A reader that has seen enough (`| head`) is no failure, and the command goes on to its end; a full disk is one. */
export function watchStandardOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (failure === undefined && error.code !== "EPIPE") {
      process.stderr.write(`Standard output cannot be written: ${error.message}\n`);
      process.exitCode = 1;
    }
    failure ??= error;
  });
  process.stderr.on("error", () => {}); // Nobody is left to tell.
}

/** False: nobody reads any more, so that whoever writes much may stop. */
export async function writeStandardOutput(text: string): Promise<boolean> {
  if (failure !== undefined) return false;
  if (!process.stdout.write(text))
    await Promise.race([once(process.stdout, "drain"), once(process.stdout, "error")]).catch(() => {});
  return failure === undefined;
}

/** Before the process ends by itself: what was printed is with its reader. */
export async function drainStandardOutput(): Promise<void> {
  if (process.stdout.writableLength === 0 || failure !== undefined) return;
  await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
}
