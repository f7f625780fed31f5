import { instantSql } from "../db/instant-sql.ts";

/** One kind of line: what is selected, in which order. `$1` is the account, `$2` the collection where there is one. */
export interface ExportPart {
  readonly type: string;
  readonly sql: string;
  /** Rows fetched at once: so many of the largest fit in memory. */
  readonly rowsAtOnce: number;
}

const small = 500;
const records = 32;

/** What belongs to the account as a whole. */
export const accountParts: readonly ExportPart[] = [
  {
    type: "account",
    rowsAtOnce: small,
    sql: `select user_id as id, email, kind, encryption_salt, auth_suite, kdf_seed, keys_version, key_epoch::float8 as key_epoch,
        ${instantSql("created_at")} as created_at
      from users where user_id = $1`,
  },
  {
    type: "keys",
    rowsAtOnce: small,
    sql: `select version, key_epoch::float8 as key_epoch, password_wrap, recovery_wrap,
        ${instantSql("created_at")} as created_at, ${instantSql("replaced_at")} as replaced_at
      from account_keys where user_id = $1 order by version`,
  },
  {
    type: "device",
    rowsAtOnce: small,
    sql: `select id, device_id, device_name, platform, ${instantSql("created_at")} as created_at,
        ${instantSql("last_seen_at")} as last_seen_at, ${instantSql("last_sync_at")} as last_sync_at,
        ${instantSql("revoked_at")} as revoked_at
      from devices where user_id = $1 order by created_at, device_id`,
  },
  {
    type: "session",
    rowsAtOnce: small,
    sql: `select device_id, ${instantSql("min(issued_at)")} as started_at, ${instantSql("max(issued_at)")} as renewed_at,
        ${instantSql("max(expires_at)")} as expires_at
      from refresh_tokens where user_id = $1 group by family_id, device_id order by min(issued_at)`,
  },
];

/** What each collection holds. A deletion in the history is one with the change type `delete`. */
export const collectionParts: readonly ExportPart[] = [
  {
    type: "collection",
    rowsAtOnce: small,
    sql: `select head::float8 as head, horizon::float8 as horizon, history_horizon::float8 as history_horizon,
        record_count::float8 as record_count, tombstone_count::float8 as tombstone_count, live_bytes::float8 as live_bytes,
        ${instantSql("last_sync_at")} as last_sync_at, last_device_id,
        proof_epoch, proof_version::float8 as proof_version, proof
      from sync_data where user_id = $1 and data_type = $2`,
  },
  {
    type: "record",
    rowsAtOnce: records,
    sql: `${changeColumns()}
      from sync_data_changes
      where user_id = $1 and data_type = $2 and superseded_version is null and version > 0 order by version`,
  },
  {
    type: "tombstone",
    rowsAtOnce: records,
    sql: `select record_id, version::float8 as version, ${instantSql("deleted_at")} as deleted_at,
        ${instantSql("expires_at")} as expires_at, deleted_by_device_id,
        encrypted_record, record_nonce, record_checksum
      from deleted_records where user_id = $1 and data_type = $2 and version > 0 order by version`,
  },
  {
    type: "history",
    rowsAtOnce: records,
    sql: `${changeColumns()}, superseded_version::float8 as superseded_version,
        ${instantSql("superseded_at")} as superseded_at
      from sync_data_changes
      where user_id = $1 and data_type = $2 and superseded_at is not null and version > 0 order by version`,
  },
  {
    type: "blob",
    rowsAtOnce: 1,
    sql: `select version::float8 as version, encrypted_blob, nonce, checksum, device_id,
        ${instantSql("updated_at")} as updated_at
      from sync_blobs where user_id = $1 and data_type = $2`,
  },
];

/** Who synced what, when. */
export const auditPart: ExportPart = {
  type: "audit",
  rowsAtOnce: small,
  sql: `select a.action, t.name as data_type, a.device_id, ${instantSql("a.at")} as at, a.applied, a.conflicts
    from sync_history a left join data_types t on t.data_type = a.data_type
    where a.user_id = $1 order by a.entry`,
};

function changeColumns(): string {
  return `select record_id, case change_type when 0 then 'insert' when 1 then 'update' else 'delete' end as change_type,
    version::float8 as version, ${instantSql("changed_at")} as changed_at, device_id,
    encrypted_record, record_nonce, record_checksum`;
}
