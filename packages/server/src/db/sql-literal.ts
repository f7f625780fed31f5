import { escapeLiteral } from "pg";
import { formatInstant, type Micros } from "@owlivion/sync-protocol";

// COPY takes no parameters. These are the only values that may be put into a statement's text, and each proves its form.

export function uuidLiteral(value: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)) throw new Error("not a UUID");
  return `'${value}'::uuid`;
}

export function integerLiteral(value: number): string {
  if (!Number.isSafeInteger(value)) throw new Error("not an integer");
  return value < 0 ? `(${value})` : String(value);
}

export function instantLiteral(value: Micros): string {
  return `'${formatInstant(value)}'::timestamptz`;
}

/** A name of a data type, which the configuration has checked already. */
export function dataTypeLiteral(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(name)) throw new Error("not a data type");
  return `'${name}'`;
}

/** Any text without a NUL, escaped by the driver. */
export function textLiteral(value: string): string {
  if (value.includes("\0")) throw new Error("text with a NUL");
  return escapeLiteral(value);
}
