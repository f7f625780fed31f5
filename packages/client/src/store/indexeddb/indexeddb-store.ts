import type { IDBPDatabase } from "idb";
import { SyncError } from "../../errors.ts";
import { eitherSignal } from "../abort.ts";
import type { TableName } from "../rows.ts";
import type * as store from "../store.ts";
import { storeError } from "./indexeddb-error.ts";
import { IndexedDbTransaction } from "./indexeddb-transaction.ts";
import { migrations as allMigrations, type Migration } from "./migrations.ts";
import { deleteDatabase, openDatabase } from "./open-database.ts";
import { TabMessages } from "./tab-messages.ts";
import { webCryptoProtector } from "./web-crypto-protector.ts";
import { withWebLock } from "./web-locks.ts";

/** A store in the browser, for all tabs of the origin that open the same name. */
export function indexedDbStore(name: string): store.OpenStore {
  return () => openIndexedDbStore(name);
}

/** With fewer migrations it is the store of an earlier version: for tests. */
export async function openIndexedDbStore(
  name: string,
  migrations: readonly Migration[] = allMigrations,
): Promise<store.Store> {
  assertSupported();
  const ending = new AbortController();
  const { db, hasLostData } = await openDatabase(name, migrations, (reason) => ending.abort(reason));
  try {
    return new IndexedDbStore(name, db, ending, await webCryptoProtector(db), hasLostData);
  } catch (error) {
    db.close();
    throw storeError(error);
  }
}

/** Browsers have Web Locks and WebCrypto in secure contexts only. */
function assertSupported(): void {
  const { indexedDB, navigator, crypto, BroadcastChannel } = globalThis as Partial<typeof globalThis>;
  const isMissing = [indexedDB, navigator?.locks, crypto?.subtle, BroadcastChannel].includes(undefined as never);
  if (!isMissing) return;
  throw new SyncError("STORE_UNREADABLE", {
    message:
      "This browser gives the page no storage: it needs IndexedDB, Web Locks and WebCrypto, over https:// or on localhost.",
  });
}

class IndexedDbStore implements store.Store {
  readonly #name: string;
  readonly #db: IDBPDatabase;
  /** Aborted with the reason: closed here, or by another tab or the browser. */
  readonly #ending: AbortController;
  readonly #messages: TabMessages;
  readonly #running = new Set<Promise<unknown>>();
  readonly protector: store.Protector;
  readonly hasLostData: boolean;

  constructor(
    name: string,
    db: IDBPDatabase,
    ending: AbortController,
    protector: store.Protector,
    hasLostData: boolean,
  ) {
    this.#name = name;
    this.#db = db;
    this.#ending = ending;
    this.#messages = new TabMessages(`owlivion/${name}`);
    this.protector = protector;
    this.hasLostData = hasLostData;
    ending.signal.addEventListener("abort", () => this.#messages.close(), { once: true });
  }

  async read<T>(tables: readonly TableName[], work: (tx: store.ReadTransaction) => Promise<T>): Promise<T> {
    return this.#transact(tables, "readonly", work);
  }

  async write<T>(tables: readonly TableName[], work: (tx: store.WriteTransaction) => Promise<T>): Promise<T> {
    return this.#transact(tables, "readwrite", work);
  }

  announce(message: store.StoreMessage): void {
    if (!this.#ending.signal.aborted) this.#messages.send(message);
  }

  onMessage(listener: (message: store.StoreMessage) => void): () => void {
    return this.#messages.listen(listener);
  }

  async exclusively<T>(
    lock: store.LockName,
    work: () => Promise<T>,
    options: store.LockOptions = {},
  ): Promise<T | undefined> {
    this.#assertOpen();
    const signal = eitherSignal(this.#ending.signal, options.signal);
    return withWebLock(`owlivion/${this.#name}/${lock}`, work, signal, options.ifAvailable === true);
  }

  async estimate(): Promise<{ usedBytes: number | null; availableBytes: number | null }> {
    this.#assertOpen();
    const { usage, quota } = (await globalThis.navigator.storage?.estimate?.()) ?? {};
    return {
      usedBytes: usage ?? null,
      availableBytes: quota === undefined ? null : Math.max(0, quota - (usage ?? 0)),
    };
  }

  async close(): Promise<void> {
    this.#end();
    await Promise.allSettled(this.#running);
  }

  async destroy(): Promise<void> {
    this.#assertOpen();
    await this.close();
    await deleteDatabase(this.#name);
  }

  /** IndexedDB ends the transactions that have begun, and begins no others. */
  #end(): void {
    this.#ending.abort(new SyncError("STORE_CLOSED"));
    this.#db.close();
  }

  #assertOpen(): void {
    if (this.#ending.signal.aborted) throw this.#ending.signal.reason;
  }

  #transact<T>(
    tables: readonly TableName[],
    mode: "readonly" | "readwrite",
    work: (tx: IndexedDbTransaction) => Promise<T>,
  ): Promise<T> {
    const running = this.#run(tables, mode, work);
    this.#running.add(running);
    const end = (): boolean => this.#running.delete(running);
    running.then(end, end);
    return running;
  }

  async #run<T>(
    tables: readonly TableName[],
    mode: "readonly" | "readwrite",
    work: (tx: IndexedDbTransaction) => Promise<T>,
  ): Promise<T> {
    this.#assertOpen();
    const native = this.#begin(tables, mode);
    // What it rejects with is looked at below; before that, it may be too early.
    native.done.catch(() => {});
    try {
      const tx = new IndexedDbTransaction(native);
      const result = await work(tx);
      tx.assertSound();
      await native.done;
      return result;
    } catch (error) {
      abort(native);
      await native.done.catch(() => {});
      throw storeError(native.error ?? error);
    }
  }

  #begin(tables: readonly TableName[], mode: "readonly" | "readwrite") {
    try {
      // An acknowledged row that a power cut took away would leave a gap below the cursor.
      return this.#db.transaction([...tables], mode, { durability: "strict" });
    } catch (cause) {
      this.#assertOpen();
      throw new SyncError("STORE_CLOSED", { cause });
    }
  }
}

function abort(tx: { abort(): void }): void {
  try {
    tx.abort();
  } catch {
    // It is over already.
  }
}
