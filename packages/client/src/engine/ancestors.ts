import type { RecordRow } from "../store/rows.ts";
import { equalBytes } from "./equal-bytes.ts";

/** Of each envelope so many bytes of its hash, the newest first. */
const bytesEach = 8;
const most = 16;

type Chained = Pick<RecordRow, "hash" | "ancestors">;

/**
 * What a record's newest envelope was made from, as far as this device knows: the one that stood here before, and those before
 * that. Within an epoch every change is made on the one before it.
 */
export function ancestorsAfter(before: Chained | undefined, hash: Uint8Array | null): Uint8Array | undefined {
  if (before === undefined || before.hash === null || hash === null) return before?.ancestors;
  const older = before.ancestors ?? new Uint8Array(0);
  if (equalBytes(before.hash, hash)) return before.ancestors;
  const ancestors = new Uint8Array(Math.min(most * bytesEach, bytesEach + older.length));
  ancestors.set(before.hash.subarray(0, bytesEach));
  ancestors.set(older.subarray(0, ancestors.length - bytesEach), bytesEach);
  return ancestors;
}

export function isAmong(ancestors: Uint8Array | undefined, hash: Uint8Array): boolean {
  const sought = hash.subarray(0, bytesEach);
  for (let at = 0; at < (ancestors?.length ?? 0); at += bytesEach) {
    if (equalBytes(ancestors!.subarray(at, at + bytesEach), sought)) return true;
  }
  return false;
}
