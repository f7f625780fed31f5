import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { resolveTypedPath } from "./environment.ts";

/** Options that every command takes. */
export interface Globals {
  readonly dir?: string;
  readonly url?: string;
  readonly json?: true;
}

export const globalsOf = (command: Command): Globals => command.optsWithGlobals<Globals>();

/** A file to read or write; `-` is standard input or output. */
export function readPath(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text === "-" ? text : resolveTypedPath(text);
}

export function readCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}
