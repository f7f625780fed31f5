import type { Backends } from "./backends.ts";
import type { CommittedBatch } from "./postgres-sim-server.ts";
import { worldTables } from "./virtual-sql.ts";

/** A copy of every table of the product, in a schema of its own. */
export interface DatabaseCopy {
  readonly schema: string;
  /** What was committed until then, and stood. */
  readonly batches: readonly CommittedBatch[];
}

const tables = [...worldTables].toReversed();

export async function copyDatabase(backends: Backends, schema: string): Promise<void> {
  const copies = [...tables, "cleanup_state"].map(
    (table) => `create table ${schema}.${table} as table public.${table};`,
  );
  await backends.monitor(`drop schema if exists ${schema} cascade; create schema ${schema}; ${copies.join("\n")}`);
}

/** Users first, what refers to them after. */
export async function restoreDatabase(backends: Backends, schema: string): Promise<void> {
  await backends.monitor(`
    begin;
    ${worldTables.map((table) => `delete from public.${table};`).join("\n")}
    delete from public.cleanup_state;
    ${["cleanup_state", ...tables].map((table) => `insert into public.${table} overriding system value table ${schema}.${table};`).join("\n")}
    select setval('public.epochs_epoch_no_seq', (select max(epoch_no) from public.epochs));
    commit;`);
}

/**
 * What an asynchronous standby has that lacks the newest batches of all: each is taken back, newest first. What was
 * committed about accounts stays.
 */
export async function takeBackBatch(
  backends: Backends,
  batch: { userId: string; dataType: number; headBefore: number },
  tombstoneDays: number,
): Promise<void> {
  const { userId, dataType, headBefore } = batch;
  const rows = `user_id = '${userId}' and data_type = ${dataType}`;
  await backends.monitor(`
    begin;
    delete from sync_data_changes where ${rows} and version > ${headBefore};
    update sync_data_changes set superseded_version = null, superseded_at = null
      where ${rows} and superseded_version > ${headBefore};
    delete from deleted_records where ${rows} and version > ${headBefore};
    insert into deleted_records (user_id, data_type, version, deleted_at, expires_at, stamp_at, stamp_device_id,
        deleted_by_device_id, record_id, record_nonce, record_checksum, encrypted_record)
      select c.user_id, c.data_type, c.version, c.changed_at, c.changed_at + interval '${tombstoneDays} days', c.stamp_at,
        c.stamp_device_id, c.device_id, c.record_id, c.record_nonce, c.record_checksum, c.encrypted_record
      from sync_data_changes c join sync_data s using (user_id, data_type)
      where c.user_id = '${userId}' and c.data_type = ${dataType} and c.change_type = 2 and c.version > s.horizon
        and c.version = (select max(n.version) from sync_data_changes n
          where n.user_id = c.user_id and n.data_type = c.data_type and n.record_id = c.record_id)
      on conflict do nothing;
    delete from sync_batches where ${rows} and head_after > ${headBefore};
    update sync_data s set head = ${headBefore},
        (last_sync_at, last_device_id) = (select b.created_at, b.device_id from sync_batches b
          where b.user_id = s.user_id and b.data_type = s.data_type order by b.head_after desc limit 1),
        last_changed_at = coalesce((select max(changed_at) from sync_data_changes where ${rows}), 'epoch'),
        record_count = (select count(*) from sync_data_changes where ${rows} and superseded_at is null),
        tombstone_count = (select count(*) from deleted_records where ${rows}),
        live_bytes = coalesce((select sum(octet_length(encrypted_record)) from sync_data_changes
          where ${rows} and superseded_at is null), 0),
        proof = case when proof_version <= ${headBefore} then proof end,
        proof_epoch = case when proof_version <= ${headBefore} then proof_epoch end,
        proof_version = case when proof_version <= ${headBefore} then proof_version end
      where s.user_id = '${userId}' and s.data_type = ${dataType};
    delete from epoch_starts where ${rows} and version > ${headBefore};
    commit;`);
}
