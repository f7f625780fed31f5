import type { Sync, SyncStatus } from "@owlivion/sync-client";
import { setImmediate as turn } from "node:timers/promises";

/**
 * The status with its counts. They are counted in turn with everything else that reads the store, so that a read which began
 * later ends later: two of them, as the first may have come while an older count was still going on.
 */
export async function countedStatus(sync: Sync, dataType: string): Promise<SyncStatus> {
  for (let round = 0; round < 2; round += 1) {
    await sync.collection(dataType).count();
    await turn();
  }
  return sync.status;
}
