import { compareStamps, type Stamp } from "@owlivion/sync-crypto";

/** A value without a stamp is a default: older than anything that was ever written. */
export function compareOptionalStamps(a: Stamp | undefined, b: Stamp | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1);
  return compareStamps(a, b);
}

export function newerStamp(a: Stamp | undefined, b: Stamp | undefined): Stamp | undefined {
  return compareOptionalStamps(a, b) >= 0 ? a : b;
}

/** The newest of a record's stamps; undefined when all its fields are defaults. */
export function newestStamp(stamps: Readonly<Record<string, Stamp>>): Stamp | undefined {
  let newest: Stamp | undefined;
  for (const stamp of Object.values(stamps)) newest = newerStamp(newest, stamp);
  return newest;
}
