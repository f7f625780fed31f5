import { keepSame } from "./keep-same.ts";

export interface ListOrder<T> {
  readonly isWanted: (record: T) => boolean;
  readonly compare: (a: T, b: T) => number;
}

/**
 * A sorted list after some of its records changed: what did not change stays the same objects, and the whole list does when
 * nothing in it did. One pass over the list, whatever its length.
 *
 * @param changed the records as they are now, by id; undefined: there is none any more
 */
export function patchList<T extends { readonly id: string }>(
  before: readonly T[],
  changed: ReadonlyMap<string, T | undefined>,
  { isWanted, compare }: ListOrder<T>,
): readonly T[] {
  const current = new Map<string, T>();
  const kept = before.filter((record) => {
    if (!changed.has(record.id)) return true;
    current.set(record.id, record);
    return false;
  });
  const incoming = [...changed.values()]
    .flatMap((record) => (record === undefined ? [] : [keepSame(current.get(record.id) ?? record, record)]))
    .filter(isWanted)
    .sort(compare);
  const merged: T[] = [];
  let next = 0;
  for (const record of kept) {
    while (next < incoming.length && compare(incoming[next]!, record) < 0) merged.push(incoming[next++]!);
    merged.push(record);
  }
  merged.push(...incoming.slice(next));
  const isSame = merged.length === before.length && merged.every((record, i) => record === before[i]);
  return isSame ? before : merged;
}
