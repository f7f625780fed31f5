import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { usageError } from "../cli-error.ts";
import { explainFileError } from "../explain-file-error.ts";

/** A file's bytes, opened at once; `-` is standard input. */
export async function openInput(path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === "-") return process.stdin;
  try {
    const file = await open(path, "r");
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw usageError(`${path} is a folder.`);
    }
    return file.createReadStream();
  } catch (error) {
    throw explainFileError(error, `${path} cannot be read`);
  }
}

/** What a command was given as an argument, or what comes on standard input when it has none or `-`. */
export async function readArgumentOrInput(argument: string | undefined, what: string): Promise<string> {
  if (argument !== undefined && argument !== "-") return argument;
  if (argument === undefined && process.stdin.isTTY === true) throw usageError(`Give ${what}, or pipe it in.`);
  return await text(process.stdin);
}

export async function readTextFile(path: string): Promise<string> {
  if (path === "-") return await text(process.stdin);
  try {
    return await text(createReadStream(path));
  } catch (error) {
    throw explainFileError(error, `${path} cannot be read`);
  }
}
