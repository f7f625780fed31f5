import type { Live } from "@owlivion/sync-client";
import { useSyncExternalStore } from "react";

/** The current snapshot of a live value of the SDK; draws again when it is another. */
export function useLive<T>(live: Live<T>): T {
  const read = () => live.snapshot;
  return useSyncExternalStore(live.subscribe, read, read);
}
