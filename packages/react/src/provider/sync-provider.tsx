import { liveViews, type LiveViews, type Sync } from "@owlivion/sync-client";
import { createContext, type ReactNode, useContext, useMemo } from "react";

interface SyncContextValue {
  readonly sync: Sync;
  readonly views: LiveViews;
}

const SyncContext = createContext<SyncContextValue | null>(null);

export interface SyncProviderProps {
  /** An opened sync: `await openSync(…)`. Who opened it closes it. */
  readonly sync: Sync;
  readonly children: ReactNode;
}

/** Gives the hooks below it their sync. */
export function SyncProvider({ sync, children }: SyncProviderProps) {
  const value = useMemo(() => ({ sync, views: liveViews(sync) }), [sync]);
  return <SyncContext value={value}>{children}</SyncContext>;
}

function useSyncContext(): SyncContextValue {
  const value = useContext(SyncContext);
  if (value === null) throw new Error("This hook needs a <SyncProvider> above it.");
  return value;
}

export const useSync = (): Sync => useSyncContext().sync;

export const useViews = (): LiveViews => useSyncContext().views;
