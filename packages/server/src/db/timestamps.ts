import type { Micros } from "@owlivion/sync-protocol";

/** Reads a timestamptz as PostgreSQL prints it in UTC (`2026-03-01 12:00:00.123456+00`), to the microsecond. */
export function readTimestamp(text: string): Micros {
  const seconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`);
  if (Number.isNaN(seconds) || !text.endsWith("+00")) throw new Error(`not a UTC timestamp: ${text}`);
  const fraction = text.charAt(19) === "." ? text.slice(20, -3) : "";
  return seconds * 1000 + Number(fraction.padEnd(6, "0"));
}
