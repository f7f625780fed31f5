import type { OpenStore, ReadTransaction, Store } from "../../src/store/store.ts";
import { Life, type CrashOptions } from "./life.ts";

/** Counts store operations and dies before one of them. Handles opened afterwards are a new process on the same data. */
export interface CrashingStore {
  readonly open: OpenStore;
  /** Since it was made, or since `crashAt`. */
  readonly operations: number;
  readonly isCrashed: boolean;
  /** Before the n-th operation from now on, counted from 1. */
  crashAt(operation: number, options?: CrashOptions): void;
  /** Kills now. */
  crash(): void;
  /** Resolves at the crash; where handles freeze, a test races with it. */
  readonly crashed: Promise<void>;
  /** Lets new handles work; those of before the crash stay dead. */
  restart(): Promise<void>;
}

/**
 * An operation is: opening, every step of a transaction, every commit of a write, taking a lock, protecting and
 * unprotecting. A transaction that had not committed is rolled back, a lock that was held is free.
 */
export function crashingStore(open: OpenStore): CrashingStore {
  let life = new Life();
  return {
    open: () => openHandle(open, life),
    get operations() {
      return life.operations;
    },
    get isCrashed() {
      return life.isOver;
    },
    get crashed() {
      return life.over;
    },
    crashAt: (operation, options = {}) => life.endAt(operation, options),
    crash: () => life.end(),
    async restart() {
      const { handles } = life;
      life = new Life();
      await Promise.all([...handles].map((handle) => handle.close()));
    },
  };
}

function openHandle(open: OpenStore, life: Life): Promise<Store> {
  return life.operation(async () => {
    const inner = await open();
    life.handles.add(inner);
    return crashingHandle(inner, life);
  });
}

function crashingHandle(inner: Store, life: Life): Store {
  return {
    read: (tables, work) => life.outside(inner.read(tables, (tx) => life.orCrash(work(crashingTransaction(tx, life))))),
    write: (tables, work) =>
      life.outside(
        inner.write(tables, async (tx) => {
          const result = await life.orCrash(work(crashingTransaction(tx, life)));
          life.commit();
          return result;
        }),
      ),
    announce(message) {
      if (!life.isOver) inner.announce(message);
    },
    onMessage: (listener) =>
      inner.onMessage((message) => {
        if (!life.isOver) listener(message);
      }),
    // The crash frees the lock, whatever its holder was doing.
    exclusively: (lock, work, options) =>
      life.operation(() => inner.exclusively(lock, () => life.orCrash(work()), options)),
    protector: {
      protect: (plain) => life.operation(() => inner.protector.protect(plain)),
      unprotect: (sealed) => life.operation(() => inner.protector.unprotect(sealed)),
    },
    estimate: () => life.outside(inner.estimate()),
    close: () => life.outside(inner.close()),
    destroy: () => life.operation(() => inner.destroy()),
  };
}

/** Every method is an operation. */
function crashingTransaction<Tx extends ReadTransaction>(tx: Tx, life: Life): Tx {
  return new Proxy(tx, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => life.operation(async () => Reflect.apply(method, target, args) as unknown);
    },
  });
}
