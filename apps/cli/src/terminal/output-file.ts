import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { explainFileError } from "../explain-file-error.ts";
import { CliError } from "../cli-error.ts";
import { writeStandardOutput } from "./standard-output.ts";

/** Pieces of a text, one after the other. */
export type Pieces = AsyncIterable<string> | Iterable<string>;

/**
 * Under another name until it is complete and on the disk: a file of the name asked for is always whole. Closed to other users.
 * A file that was there stays as `NAME~`. `-` is standard output.
 */
export async function writeOutput(path: string, pieces: Pieces): Promise<void> {
  if (path === "-") {
    for await (const piece of pieces) {
      if (!(await writeStandardOutput(piece))) {
        throw new CliError("Standard output did not take everything: what it has is not whole.");
      }
    }
    return;
  }
  const unfinished = `${path}.${randomBytes(4).toString("hex")}.part`;
  try {
    const file = await open(unfinished, "wx", 0o600);
    try {
      for await (const piece of pieces) await file.write(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    if (existsSync(path)) await rename(path, `${path}~`);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw explainFileError(error, `${path} cannot be written`);
  }
}
