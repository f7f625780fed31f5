import type { SessionView } from "@owlivion/sync-client";
import { useViews } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

/** Who uses this device: signed out, locked or unlocked, and the account. */
export const useSession = (): SessionView => useLive(useViews().session);
