import { InvalidArgumentError } from "commander";
import { resolveTypedPath } from "../config/environment.ts";

export function readCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}

export function readDays(text: string): number {
  const days = readCount(text);
  if (days <= 36_500) return days;
  throw new InvalidArgumentError("It must be a whole number from 1 to 36500.");
}

/** A file to read or write; `-` is standard input or output. */
export function readPath(text: string): string {
  return text === "-" ? text : resolveTypedPath(text);
}

export function readUuid(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError("It must be a UUID.");
}
