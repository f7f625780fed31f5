import type { Pool, PoolClient } from "pg";
import { instantSql } from "../db/instant-sql.ts";

/** Which blob: an account has one for each data type. */
export interface BlobKey {
  readonly userId: string;
  /** The data type's number in the tables. */
  readonly dataType: number;
}

export interface NewBlob {
  readonly bytes: Buffer;
  /** Null for the desktop app's text, which carries its own. */
  readonly nonce: Buffer | null;
  readonly checksum: Buffer;
  readonly isText: boolean;
  readonly deviceId: string;
}

export interface StoredBlob {
  readonly version: number;
  readonly bytes: Buffer;
  readonly nonce: Buffer | null;
  readonly checksum: Buffer;
  readonly isText: boolean;
  readonly deviceId: string;
  readonly updatedAt: string;
}

export type SavedBlob = Pick<StoredBlob, "version" | "updatedAt">;

export async function readBlob(pool: Pool, key: BlobKey): Promise<StoredBlob | null> {
  const { rows } = await pool.query<StoredBlob>(
    `select version::float8 as version, encrypted_blob as bytes, nonce, checksum, is_text as "isText",
       device_id as "deviceId", ${instantSql("updated_at")} as "updatedAt"
     from sync_blobs where user_id = $1 and data_type = $2`,
    [key.userId, key.dataType],
  );
  return rows[0] ?? null;
}

/** False when the account was erased or disabled meanwhile; else it stays until the transaction ends. */
export async function holdAccount(client: PoolClient, userId: string): Promise<boolean> {
  const sql = "select 1 from users where user_id = $1 and disabled_at is null for key share";
  return (await client.query(sql, [userId])).rowCount === 1;
}

/** The version that stands, under a lock that lasts until the transaction ends; null when there is no blob yet. */
export async function lockBlob(client: PoolClient, key: BlobKey): Promise<{ version: number; bytes: number } | null> {
  const { rows } = await client.query<{ version: number; bytes: number }>(
    `select version::float8 as version, octet_length(encrypted_blob) as bytes
     from sync_blobs where user_id = $1 and data_type = $2 for update`,
    [key.userId, key.dataType],
  );
  return rows[0] ?? null;
}

/** Bytes of everything else the account keeps: the records of all data types and the other blobs. */
export async function readOtherBytes(client: PoolClient, key: BlobKey): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    `select (
       coalesce((select sum(s.live_bytes) from sync_data s where s.user_id = $1), 0) +
       coalesce((select sum(octet_length(b.encrypted_blob)) from sync_blobs b
         where b.user_id = $1 and b.data_type <> $2), 0)
     )::float8 as bytes`,
    [key.userId, key.dataType],
  );
  return rows[0]!.bytes;
}

/**
 * The next version. What an epoch before has lost may have had the versions that would come next: the first write of an
 * epoch skips a random number of them, so that none stands for two blobs (R25). `e` is the epochs, in one row.
 */
const nextVersion = (version: string, epochNo: string) =>
  `${version} + 1 + case when ${epochNo} < e.newest then floor(random() * 1073741824)::bigint else 0 end`;
const epochsRow = "(select min(epoch_no) as first, max(epoch_no) as newest from epochs) e";

/** Null when another first upload came in between; it has committed then. */
export async function insertBlob(client: PoolClient, key: BlobKey, blob: NewBlob): Promise<SavedBlob | null> {
  const { rows } = await client.query<SavedBlob>(
    `insert into sync_blobs
       (user_id, data_type, version, epoch_no, encrypted_blob, nonce, checksum, is_text, device_id, updated_at)
     select $1, $2, ${nextVersion("0", "e.first")}, e.newest, $3, $4, $5, $6, $7, clock_timestamp()
     from ${epochsRow}
     on conflict (user_id, data_type) do nothing
     returning version::float8 as version, ${instantSql("updated_at")} as "updatedAt"`,
    valuesOf(key, blob),
  );
  return rows[0] ?? null;
}

/** The row is locked by this transaction. */
export async function replaceBlob(client: PoolClient, key: BlobKey, blob: NewBlob): Promise<SavedBlob> {
  const { rows } = await client.query<SavedBlob>(
    `update sync_blobs b
     set version = ${nextVersion("b.version", "b.epoch_no")}, epoch_no = e.newest, encrypted_blob = $3, nonce = $4, checksum = $5, is_text = $6, device_id = $7,
       updated_at = clock_timestamp()
     from ${epochsRow}
     where user_id = $1 and data_type = $2
     returning version::float8 as version, ${instantSql("updated_at")} as "updatedAt"`,
    valuesOf(key, blob),
  );
  return rows[0]!;
}

export async function insertUploadAudit(client: PoolClient, key: BlobKey, deviceId: string): Promise<void> {
  await client.query(
    `insert into sync_history (user_id, device_id, data_type, action, applied) values ($1, $2, $3, 'blob_upload', 1)`,
    [key.userId, deviceId, key.dataType],
  );
}

const valuesOf = (key: BlobKey, blob: NewBlob): unknown[] => [
  key.userId,
  key.dataType,
  blob.bytes,
  blob.nonce,
  blob.checksum,
  blob.isText,
  blob.deviceId,
];
