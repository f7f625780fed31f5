import type { SyncError } from "../errors.ts";

/**
 * A value that changes, as a user interface reads it: `snapshot` is the same object until something in it differs, as
 * `useSyncExternalStore` and its like demand. It is kept up to date while somebody listens; what was read stays when nobody does.
 */
export interface Live<T> {
  readonly snapshot: T;
  subscribe(this: void, listener: () => void): () => void;
}

/** What is read from the store or the server. A value that was read once stays when a later read fails. */
export interface Loaded<T> {
  /** Undefined: not read yet. */
  readonly value: T | undefined;
  /** Why the last read failed; null: it did not. */
  readonly error: SyncError | null;
  /** Nothing is known yet, neither value nor error. */
  readonly isLoading: boolean;
}

export interface LiveQuery<T> extends Live<Loaded<T>> {
  /** Reads again, also when nobody listens. Never rejects: `error` tells. */
  refresh(this: void): Promise<void>;
}
