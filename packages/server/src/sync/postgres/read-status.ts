import type { Pool } from "pg";
import type { DataTypes } from "../../db/data-types.ts";
import { readTimestamp } from "../../db/timestamps.ts";
import type { StatusRow } from "../store.ts";

const statusSql = `
  select coalesce(s.data_type, b.data_type), s.head, b.version, e.epoch, s.horizon, s.record_count,
    coalesce(s.live_bytes, 0) + coalesce(octet_length(b.encrypted_blob), 0),
    greatest(s.last_sync_at, b.updated_at)::text,
    case when b.updated_at > s.last_sync_at or s.last_device_id is null then b.device_id else s.last_device_id end,
    s.proof_version
  from (select epoch from epochs order by epoch_no desc limit 1) e
  cross join (
    (select data_type, head, horizon, record_count, live_bytes, last_sync_at, last_device_id, proof_version
      from sync_data where user_id = $1) s
    full join (select data_type, version, updated_at, device_id, encrypted_blob from sync_blobs where user_id = $1) b
      on b.data_type = s.data_type)`;

/** Every collection of an account that was ever written to, by the name of its data type. */
export async function readStatus(
  pool: Pool,
  dataTypes: DataTypes,
  userId: string,
): Promise<ReadonlyMap<string, StatusRow>> {
  const { rows } = await pool.query<(string | null)[]>({
    text: statusSql,
    values: [userId],
    rowMode: "array",
    types: { getTypeParser: () => (value: string) => value },
  });
  const status = new Map<string, StatusRow>();
  for (const [dataType, head, blobVersion, epoch, horizon, count, bytes, lastSyncAt, deviceId, proofVersion] of rows) {
    const name = dataTypes.nameOf(Number(dataType));
    if (name === undefined) continue;
    status.set(name, {
      head: Number(head ?? 0),
      blobVersion: blobVersion == null ? null : Number(blobVersion),
      epoch: epoch!,
      horizon: Number(horizon ?? 0),
      recordCount: Number(count ?? 0),
      bytes: Number(bytes ?? 0),
      lastSyncAt: lastSyncAt == null ? null : readTimestamp(lastSyncAt),
      deviceId: deviceId ?? null,
      proofVersion: proofVersion == null ? null : Number(proofVersion),
    });
  }
  return status;
}
