import type { Integrity, IntegrityAlarm, Loaded } from "@owlivion/sync-client";
import { useSync, useViews } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

export interface IntegrityState extends Loaded<readonly IntegrityAlarm[]> {
  readonly decide: Pick<Integrity, "examine" | "trustThisDevice" | "takeServers">;
}

/** What the server contradicts, until somebody has decided. */
export function useIntegrity(): IntegrityState {
  const sync = useSync();
  return { ...useLive(useViews().alarms), decide: sync.integrity };
}
