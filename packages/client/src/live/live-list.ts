import type { RecordFields } from "../data-types/data-type.ts";
import { toSyncError } from "../errors.ts";
import { type Collection, compareFields, isMatch, type ListOptions, type StoredRecord } from "../sync/collection.ts";
import { keepSame } from "./keep-same.ts";
import { ListenerSet } from "./listener-set.ts";
import type { LiveQuery, Loaded } from "./live.ts";
import { patchList } from "./patch-list.ts";

export interface LiveListOptions<T extends object> extends ListOptions<T> {
  /** Instead of `orderBy`. Equal ones are ordered by their ids. */
  readonly compare?: (a: StoredRecord<T>, b: StoredRecord<T>) => number;
}

/**
 * A collection as a sorted list, for a user interface. After a change only the records that changed are read, and only they are
 * other objects than before: ten thousand contacts are listed once.
 */
export function liveList<T extends object = RecordFields>(
  collection: Collection<T>,
  options: LiveListOptions<T> = {},
): LiveQuery<readonly StoredRecord<T>[]> {
  const { orderBy, limit = Infinity, where = {}, filter } = options;
  const own = options.compare ?? (orderBy === undefined ? () => 0 : (a, b) => compareFields(a[orderBy], b[orderBy]));
  const compare = (a: StoredRecord<T>, b: StoredRecord<T>): number =>
    own(a, b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const isWanted = (record: StoredRecord<T>): boolean => isMatch(record, where, filter);

  let all: readonly StoredRecord<T>[] | undefined;
  let snapshot: Loaded<readonly StoredRecord<T>[]> = { value: undefined, error: null, isLoading: true };
  /** What may have changed since it was read; null: anything. */
  let stale: Set<string> | null = new Set();
  let reading: Promise<void> | null = null;

  const readAll = async (): Promise<readonly StoredRecord<T>[]> => {
    const listed = (await collection.list()).filter(isWanted).sort(compare);
    return all === undefined ? listed : keepSame(all, listed);
  };
  const readChanged = async (ids: readonly string[], before: readonly StoredRecord<T>[]) => {
    const records = await collection.getMany(ids);
    return patchList(before, new Map(ids.map((id, i) => [id, records[i]])), { isWanted, compare });
  };
  const readStale = async (): Promise<void> => {
    while (stale === null || stale.size > 0) {
      const ids = stale;
      stale = new Set();
      try {
        all = ids === null || all === undefined ? await readAll() : await readChanged([...ids], all);
        show(all, null);
      } catch (error) {
        show(all, toSyncError(error));
        all = undefined; // What had changed was not read: the next time, everything is.
      }
    }
    reading = null;
  };
  const show = (list: readonly StoredRecord<T>[] | undefined, error: Loaded<unknown>["error"]): void => {
    const shown = list === undefined || list.length <= limit ? list : list.slice(0, limit);
    const value = snapshot.value === undefined || shown === undefined ? shown : keepSame(snapshot.value, shown);
    if (value === snapshot.value && error === snapshot.error && !snapshot.isLoading) return;
    snapshot = { value, error, isLoading: false };
    listeners.tell();
  };
  const read = (): Promise<void> => (reading ??= readStale());
  const refresh = (): Promise<void> => {
    stale = null;
    return read();
  };
  const listeners = new ListenerSet(() => {
    const unwatch = collection.onChange((recordIds) => {
      if (recordIds === null) stale = null;
      else for (const id of recordIds) stale?.add(id);
      void read();
    });
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
