import { formatInstant, type CollectionStatus } from "@owlivion/sync-protocol";
import type { DeltaStore, StatusRow } from "./store.ts";

/** `GET /sync/status`: every configured data type, null where nothing was ever stored. */
export async function syncStatus(
  store: DeltaStore,
  userId: string,
  dataTypes: readonly string[],
): Promise<Record<string, CollectionStatus | null>> {
  const rows = await store.readStatus(userId);
  return Object.fromEntries(dataTypes.map((name) => [name, renderStatus(rows.get(name))]));
}

function renderStatus(row: StatusRow | undefined): CollectionStatus | null {
  if (row === undefined || (row.head === 0 && row.blobVersion === null)) return null;
  return {
    version: row.blobVersion ?? row.head,
    blob_version: row.blobVersion,
    head: row.head,
    epoch: row.epoch,
    horizon: row.horizon,
    record_count: row.recordCount,
    bytes: row.bytes,
    last_sync_at: row.lastSyncAt === null ? null : formatInstant(row.lastSyncAt),
    device_id: row.deviceId,
    proof_version: row.proofVersion,
  };
}
