import { type HistoryView, liveHistory, type Loaded } from "@owlivion/sync-client";
import { useMemo } from "react";
import { useSync } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

export interface HistoryState extends Loaded<HistoryView> {
  loadMore(): Promise<void>;
  refresh(): Promise<void>;
  /** As a new edit. False: the record is like that already. */
  restore(version: number): Promise<boolean>;
}

/** A record's past, newest first. */
export function useHistory(dataType: string, recordId: string): HistoryState {
  const sync = useSync();
  const live = useMemo(() => liveHistory(sync, dataType, recordId), [sync, dataType, recordId]);
  return {
    ...useLive(live),
    loadMore: live.loadMore,
    refresh: live.refresh,
    restore: (version) => sync.history.restore(dataType, recordId, version),
  };
}
