import type { SyncSettings } from "@owlivion/sync-client";
import { useSync, useViews } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

export interface SettingsState {
  readonly settings: SyncSettings;
  /** What this device knows, in the order of `openSync`. */
  readonly dataTypes: readonly string[];
  change(changes: Partial<SyncSettings>): Promise<void>;
}

/** How this device syncs. */
export function useSettings(): SettingsState {
  const sync = useSync();
  const settings = useLive(useViews().settings);
  return { settings, dataTypes: sync.dataTypes, change: (changes) => sync.changeSettings(changes) };
}
