import type { ConflictEntry, Loaded, Resolution } from "@owlivion/sync-client";
import { useSync, useViews } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

export interface ConflictsState extends Loaded<readonly ConflictEntry[]> {
  resolve(id: string, resolution: Resolution): Promise<void>;
  resolveMany(ids: readonly string[], side: "local" | "remote"): Promise<number>;
}

/** The open conflicts of all data types. */
export function useConflicts(): ConflictsState {
  const sync = useSync();
  return {
    ...useLive(useViews().conflicts),
    resolve: (id, resolution) => sync.conflicts.resolve(id, resolution),
    resolveMany: (ids, side) => sync.conflicts.resolveMany(ids, side),
  };
}
