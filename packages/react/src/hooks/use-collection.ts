import {
  type DataType,
  type Loaded,
  liveList,
  type LiveListOptions,
  type RecordFields,
  type StoredRecord,
} from "@owlivion/sync-client";
import { useMemo } from "react";
import { useSync } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

/**
 * A collection's records as a sorted list that follows every change. Records that did not change stay the same objects, so that a
 * memoized row is not drawn again. `filter` and `compare` must be the same functions from one drawing to the next, as from
 * `useCallback` or outside of the component.
 */
export function useCollection<T extends object = RecordFields>(
  type: string | DataType<T>,
  options: LiveListOptions<T> = {},
): Loaded<readonly StoredRecord<T>[]> {
  const sync = useSync();
  const dataType = typeof type === "string" ? type : type.name;
  const { filter, compare, orderBy, limit } = options;
  const where = options.where === undefined ? undefined : JSON.stringify(options.where);
  const live = useMemo(
    () =>
      liveList<T>(sync.collection<T>(dataType), {
        ...(where === undefined ? {} : { where: JSON.parse(where) as Partial<T> }),
        ...(filter === undefined ? {} : { filter }),
        ...(compare === undefined ? {} : { compare }),
        ...(orderBy === undefined ? {} : { orderBy }),
        ...(limit === undefined ? {} : { limit }),
      }),
    [sync, dataType, where, filter, compare, orderBy, limit],
  );
  return useLive(live);
}
