import type { ReadTransaction, WriteTransaction } from "../store/store.ts";
import { allowedDeletions, type DeletionLog, deletionsSince, withDeletions } from "./deletion-limit.ts";

type Direction = "incoming" | "local";
const keyOf = (direction: Direction, dataType: string): string => `deletions_${direction}/${dataType}`;

async function readLog(tx: ReadTransaction, direction: Direction, dataType: string): Promise<DeletionLog> {
  return ((await tx.get("meta", keyOf(direction, dataType)))?.value as DeletionLog | undefined) ?? [];
}

/** How many more deletions of this hour are taken as meant, in a collection of so many records now. */
export async function deletionsLeft(
  tx: ReadTransaction,
  direction: Direction,
  dataType: string,
  records: number,
  nowMs: number,
): Promise<number> {
  const recent = deletionsSince(await readLog(tx, direction, dataType), nowMs);
  return Math.max(0, allowedDeletions(records + recent) - recent);
}

export async function logDeletions(
  tx: WriteTransaction,
  direction: Direction,
  dataType: string,
  count: number,
  nowMs: number,
): Promise<void> {
  if (count === 0) return;
  const log = withDeletions(await readLog(tx, direction, dataType), count, nowMs);
  await tx.put("meta", { key: keyOf(direction, dataType), value: log });
}

/** The person has decided: what was deleted is not held against the next deletion. */
export async function clearDeletions(tx: WriteTransaction, direction: Direction, dataType: string): Promise<void> {
  await tx.delete("meta", keyOf(direction, dataType));
}
