import type { DataType, RecordFields } from "../data-types/data-type.ts";
import type { RecordState, StoredRecord } from "../sync/collection.ts";
import type { Sync } from "../sync/sync.ts";
import type { LiveQuery } from "./live.ts";
import { createLiveQuery } from "./live-query.ts";

export interface RecordView<T extends object> {
  /** Null: there is no such record, or none any more. */
  readonly record: StoredRecord<T> | null;
  readonly state: RecordState;
}

/** One record with what is special about it. */
export function liveRecord<T extends object = RecordFields>(
  sync: Sync,
  type: string | DataType<T>,
  id: string,
): LiveQuery<RecordView<T>> {
  const collection = sync.collection<T>(type);
  return createLiveQuery({
    read: async () => ({ record: (await collection.get(id)) ?? null, state: await collection.state(id) }),
    watch(refresh) {
      let { waiting } = sync.status;
      const unsubscribe = [
        collection.onChange((recordIds) => {
          if (recordIds === null || recordIds.includes(id)) refresh();
        }),
        // An edit that the server has accepted waits no more, and the record looks as before.
        sync.onStatus((status) => {
          if (status.waiting !== waiting) refresh();
          ({ waiting } = status);
        }),
      ];
      return () => unsubscribe.forEach((each) => each());
    },
  });
}
