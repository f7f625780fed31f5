import type { HistoryEntry } from "../sync/history.ts";
import type { Sync } from "../sync/sync.ts";
import type { LiveQuery } from "./live.ts";
import { createLiveQuery } from "./live-query.ts";

export interface HistoryView {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** Older ones are to be had with `loadMore`. */
  readonly hasMore: boolean;
  /** The oldest entry is the record's first. */
  readonly isComplete: boolean;
}

export interface LiveHistory extends LiveQuery<HistoryView> {
  loadMore(this: void): Promise<void>;
}

const entriesPerPage = 50;

/** A record's history, page by page; read again when the record changes and when what waited was sent. */
export function liveHistory(sync: Sync, dataType: string, recordId: string): LiveHistory {
  let pages = 1;
  const query = createLiveQuery<HistoryView>({
    async read() {
      const entries: HistoryEntry[] = [];
      let before: number | null = null;
      let isComplete = false;
      for (let page = 0; page < pages; page += 1) {
        const read = await sync.history.list(dataType, recordId, {
          limit: entriesPerPage,
          ...(before === null ? {} : { before }),
        });
        entries.push(...read.entries);
        before = read.next;
        ({ isComplete } = read);
        if (before === null) break;
      }
      return { entries, hasMore: before !== null, isComplete };
    },
    watch(refresh) {
      let { lastSyncMs } = sync.status;
      const unsubscribe = [
        sync.collection(dataType).onChange((recordIds) => {
          if (recordIds === null || recordIds.includes(recordId)) refresh();
        }),
        sync.onStatus((status) => {
          if (status.state === "idle" && status.lastSyncMs !== lastSyncMs) refresh();
          ({ lastSyncMs } = status);
        }),
      ];
      return () => unsubscribe.forEach((each) => each());
    },
  });
  return {
    get snapshot() {
      return query.snapshot;
    },
    subscribe: query.subscribe,
    refresh: query.refresh,
    async loadMore() {
      if (query.snapshot.value?.hasMore !== true) return;
      pages += 1;
      await query.refresh();
    },
  };
}
