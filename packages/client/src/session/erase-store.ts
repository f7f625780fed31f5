import { isSyncError, SyncError } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { type TableName, tableNames } from "../store/rows.ts";
import type { ReadTransaction, Store } from "../store/store.ts";
import { sessionKeys } from "./account-row.ts";

const rowsAtATime = 500;
/** So long another tab may take to stop. */
const syncerMs = 10_000;
const kept = new Set<string>([sessionKeys.device, sessionKeys.erasing]);

/**
 * Removes everything but the device's id. The account goes first, with a mark, in one transaction: whatever happens then, the
 * device is signed out, and the next start or sign-in goes on.
 */
export async function eraseStore(store: Store, clock: Clock): Promise<void> {
  await store.write(["meta"], async (tx) => {
    await tx.put("meta", { key: sessionKeys.erasing, value: true });
    await tx.delete("meta", sessionKeys.account, sessionKeys.pendingSignUp);
  });
  await finishErasing(store, clock);
}

/** Goes on with what was begun, if it was. */
export async function finishErasing(store: Store, clock: Clock): Promise<void> {
  if (!(await store.read(["meta"], isErasing))) return;
  // A tab that syncs stops when it hears of it; what it still wrote is erased with the rest.
  store.announce({ type: "state" });
  const waiting = new AbortController();
  const timer = clock.schedule(syncerMs, () => waiting.abort());
  try {
    await store.exclusively("syncer", async () => {}, { signal: waiting.signal });
  } catch (error) {
    if (!isSyncError(error, "CANCELLED")) throw error;
  } finally {
    timer.cancel();
  }
  for (const table of tableNames) {
    while (await eraseSome(store, table));
  }
  await store.write(["meta"], (tx) => tx.delete("meta", sessionKeys.erasing));
}

/** Throws STORE_LOCKED while that is not done: whatever was written now would go too. */
export async function assertNotErasing(tx: ReadTransaction): Promise<void> {
  if (await isErasing(tx)) throw new SyncError("STORE_LOCKED");
}

const isErasing = async (tx: ReadTransaction): Promise<boolean> =>
  (await tx.get("meta", sessionKeys.erasing)) !== undefined;

/** False: nothing is left of this table, or another tab has ended the whole, and somebody may have signed in since. */
async function eraseSome(store: Store, table: TableName): Promise<boolean> {
  const tables: TableName[] = table === "meta" ? [table] : [table, "meta"];
  return await store.write(tables, async (tx) => {
    if (!(await isErasing(tx))) return false;
    const keys = (await tx.scan(table, { prefix: "", limit: rowsAtATime })).map((row) => row.key);
    const doomed = table === "meta" ? keys.filter((key) => !kept.has(key)) : keys;
    await tx.delete(table, ...doomed);
    return doomed.length > 0;
  });
}
