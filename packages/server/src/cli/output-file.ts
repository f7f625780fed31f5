import { randomBytes } from "node:crypto";
import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import type { Writable } from "node:stream";
import { OperatorError } from "../operator-error.ts";
import { explainFileError } from "../explain-file-error.ts";
import { fillStandardOutput } from "./standard-output.ts";

/** Where a command writes to, opened before it does anything else. */
export type OutputFile = {
  /** Writes all of it, or leaves no file behind. */
  fill<T>(write: (output: Writable) => Promise<T>): Promise<T>;
};

/**
 * Under another name until it is complete and on the disk: a file of the name asked for is always whole. Closed to other
 * users; overwrites nothing. `-` is standard output.
 */
export function openOutputFile(path: string): OutputFile {
  if (path === "-") return { fill: fillStandardOutput };
  if (existsSync(path)) throw new OperatorError(`${path} exists already; nothing is overwritten.`, { exitCode: 2 });
  const unfinished = `${path}.${randomBytes(4).toString("hex")}.part`;
  const file = openNew(unfinished, path);
  const discard = () => rmSync(unfinished, { force: true });
  process.once("exit", discard);
  return {
    async fill(write) {
      try {
        const result = await write(createWriteStream(unfinished, { fd: file, autoClose: false }));
        fsyncSync(file);
        renameSync(unfinished, path);
        return result;
      } catch (error) {
        throw explainFileError(error, `${path} cannot be written`);
      } finally {
        closeSync(file);
        discard();
        process.off("exit", discard);
      }
    },
  };
}

function openNew(unfinished: string, path: string): number {
  try {
    return openSync(unfinished, "wx", 0o600);
  } catch (error) {
    throw explainFileError(error, `${path} cannot be written`);
  }
}
