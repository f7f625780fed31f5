import type { DatabaseSync } from "node:sqlite";
import { abortError } from "../abort.ts";
import { createPrivateFile } from "./private-file.ts";
import { retryBusy, type BusyWait } from "./retry-busy.ts";
import { isBusy, storeError } from "./sqlite-error.ts";

export interface LockFileOptions {
  readonly signal?: AbortSignal;
  readonly ifAvailable?: boolean;
  /** How long to wait; then STORE_LOCKED. For ever, unless told. */
  readonly ms?: number;
}

/**
 * Holds a lock that the operating system takes away from a dead process: an empty database in an exclusive transaction. The
 * file stays when the lock is free, since others may be waiting on it.
 */
export async function withLockFile<T>(
  path: string,
  work: () => Promise<T>,
  { signal, ifAvailable = false, ms = Infinity }: LockFileOptions = {},
): Promise<T | undefined> {
  if (signal?.aborted === true) throw abortError(signal);
  const wait = { ms, pauseMs: 50, ...(signal === undefined ? {} : { signal }) };
  const lock = await openLock(path);
  try {
    if (!(await acquire(lock, ifAvailable, wait))) return undefined;
    return await work();
  } finally {
    lock.close();
  }
}

async function openLock(path: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  try {
    await createPrivateFile(path);
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw storeError(error);
  }
}

async function acquire(lock: DatabaseSync, ifAvailable: boolean, wait: BusyWait): Promise<boolean> {
  const begin = (): void => lock.exec("BEGIN EXCLUSIVE");
  try {
    if (ifAvailable) begin();
    else await retryBusy(begin, wait);
    return true;
  } catch (error) {
    if (wait.signal?.aborted === true) throw abortError(wait.signal);
    if (ifAvailable && isBusy(error)) return false;
    throw storeError(error);
  }
}
