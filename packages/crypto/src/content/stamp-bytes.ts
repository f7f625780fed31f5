import { checkInteger } from "../bytes/check.ts";
import { getU16, getU48, putU16, putU48 } from "../bytes/integers.ts";
import { getUuid, putUuid, uuidBytes } from "../bytes/uuid.ts";
import type { Stamp } from "./content.ts";

export const stampBytes = 6 + 2 + uuidBytes;
const maxWallMs = 2 ** 48 - 1;

export function putStamp(out: Uint8Array, at: number, stamp: Stamp): void {
  checkInteger(stamp.wallMs, 0, maxWallMs, "wallMs of a stamp");
  checkInteger(stamp.counter, 0, 0xffff, "counter of a stamp");
  putU48(out, at, stamp.wallMs);
  putU16(out, at + 6, stamp.counter);
  putUuid(out, at + 8, stamp.device, "device of a stamp");
}

export function getStamp(bytes: Uint8Array, at: number): Stamp {
  return { wallMs: getU48(bytes, at), counter: getU16(bytes, at + 6), device: getUuid(bytes, at + 8) };
}

/** By time, then counter, then device: the order of their bytes. */
export function compareStamps(a: Stamp, b: Stamp): number {
  if (a.wallMs !== b.wallMs) return a.wallMs < b.wallMs ? -1 : 1;
  if (a.counter !== b.counter) return a.counter < b.counter ? -1 : 1;
  if (a.device !== b.device) return a.device < b.device ? -1 : 1;
  return 0;
}
