import type { SyncStatus } from "@owlivion/sync-client";
import { useViews } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

export const useSyncStatus = (): SyncStatus => useLive(useViews().status);
