/// <reference lib="dom" />
import { deleteDB, openDB, type IDBPDatabase } from "idb";
import { SyncError } from "../../errors.ts";
import { storeError } from "./indexeddb-error.ts";
import type { Migration } from "./migrations.ts";

/** How long other tabs have to let go: they close as soon as their transactions are over. */
const blockedMs = 10_000;

export interface OpenedDatabase {
  readonly db: IDBPDatabase;
  /** What it held was damaged, and the browser has removed it. Chromium alone tells. */
  readonly hasLostData: boolean;
}

/** `onEnd` says why the database closed, when it did so without being told. */
export async function openDatabase(
  name: string,
  migrations: readonly Migration[],
  onEnd: (reason: SyncError) => void,
): Promise<OpenedDatabase> {
  const blocked = new Blocked();
  let failure: { readonly of: unknown } | null = null;
  let hasLostData = false;
  const opening = openDB(name, migrations.length, {
    upgrade(db, version, _, tx, event) {
      hasLostData = (event as { readonly dataLoss?: string }).dataLoss === "total";
      try {
        for (const migrate of migrations.slice(version)) migrate(db);
      } catch (error) {
        failure = { of: error };
        tx.done.catch(() => {});
        tx.abort();
      }
    },
    blocked: () => blocked.begin(),
    blocking(_, version, event) {
      // Whoever wants to upgrade or remove it would wait for this tab for ever.
      (event.target as IDBDatabase).close();
      onEnd(new SyncError(version === null ? "STORE_CLOSED" : "STORE_NEWER"));
    },
    terminated() {
      onEnd(new SyncError("STORE_UNREADABLE", { message: "The browser closed or removed the local store." }));
    },
  });
  try {
    return { db: await blocked.orResult(opening), hasLostData };
  } catch (error) {
    // It may still open when the other tabs are gone.
    void opening.then(
      (db) => db.close(),
      () => {},
    );
    throw storeError(failure === null ? error : (failure as { readonly of: unknown }).of);
  }
}

export async function deleteDatabase(name: string): Promise<void> {
  const blocked = new Blocked();
  try {
    await blocked.orResult(deleteDB(name, { blocked: () => blocked.begin() }));
  } catch (error) {
    throw storeError(error);
  }
}

/** Other tabs are in the way: STORE_LOCKED, if that goes on. */
class Blocked {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reject: ((error: SyncError) => void) | undefined;

  begin(): void {
    this.#timer = setTimeout(() => this.#reject?.(new SyncError("STORE_LOCKED")), blockedMs);
  }

  async orResult<T>(result: Promise<T>): Promise<T> {
    const late = new Promise<never>((_, reject) => (this.#reject = reject));
    try {
      return await Promise.race([result, late]);
    } finally {
      clearTimeout(this.#timer);
    }
  }
}
