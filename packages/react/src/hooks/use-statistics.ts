import type { Loaded, Statistics } from "@owlivion/sync-client";
import { useViews } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

/** What was sent, received and saved, by data type and by day. */
export const useStatistics = (): Loaded<Statistics> => useLive(useViews().statistics);
