import { toSyncError } from "../errors.ts";
import { keepSame } from "./keep-same.ts";
import { ListenerSet } from "./listener-set.ts";
import type { LiveQuery, Loaded } from "./live.ts";

export interface LiveQueryOptions<T> {
  /** @param before what was read last */
  readonly read: (before: T | undefined) => Promise<T>;
  /** Calls back when what would be read may be another; while somebody listens. */
  readonly watch: (refresh: () => void) => () => void;
}

/** Reads when somebody begins to listen and when told to; once for any number of reasons that come while it reads. */
export function createLiveQuery<T>({ read, watch }: LiveQueryOptions<T>): LiveQuery<T> {
  let snapshot: Loaded<T> = { value: undefined, error: null, isLoading: true };
  let reading: Promise<void> | null = null;
  let isStale = false;

  const show = (next: Loaded<T>): void => {
    if (next.value === snapshot.value && next.error === snapshot.error && next.isLoading === snapshot.isLoading) return;
    snapshot = next;
    listeners.tell();
  };
  const readAll = async (): Promise<void> => {
    while (isStale) {
      isStale = false;
      try {
        const value = await read(snapshot.value);
        show({ value: keepSame<T | undefined>(snapshot.value, value), error: null, isLoading: false });
      } catch (error) {
        show({ value: snapshot.value, error: toSyncError(error), isLoading: false });
      }
    }
    reading = null;
  };
  const refresh = (): Promise<void> => {
    isStale = true;
    reading ??= readAll();
    return reading;
  };
  const listeners = new ListenerSet(() => {
    const unwatch = watch(() => void refresh());
    void refresh();
    return unwatch;
  });

  return {
    get snapshot() {
      return snapshot;
    },
    subscribe: (listener) => listeners.add(listener),
    refresh,
  };
}
