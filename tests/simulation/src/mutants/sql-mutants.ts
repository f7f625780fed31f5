import type { Mutant } from "./mutant.ts";

const functions = "packages/server/src/db/migrations/002_delta_sync.sql";
const store = "packages/server/src/sync/postgres/";

/** Mistakes in the SQL: in the migrations' functions, and in the statements of the PostgreSQL store. */
export const sqlMutants: readonly Mutant[] = [
  {
    id: "sql-batch-without-lock",
    breaks: "S14",
    file: functions,
    find: `  c sync_data;
  b sync_batches;
  e epochs;
begin
  select * into c from sync_data s where s.user_id = p_user and s.data_type = p_type for no key update;`,
    replace: `  c sync_data;
  b sync_batches;
  e epochs;
begin
  select * into c from sync_data s where s.user_id = p_user and s.data_type = p_type;`,
  },
  {
    id: "sql-replaced-stays-current",
    breaks: "R3",
    file: functions,
    find: `where y.user_id = p_user and y.data_type = p_type and y.version = r.version and y.superseded_version is null`,
    replace: `where y.user_id = p_user and y.data_type = p_type and y.version = r.version + 1 and y.superseded_version is null`,
  },
  {
    id: "sql-revived-keeps-tombstone",
    breaks: "R3",
    file: functions,
    find: `    if cardinality(p_revived) > 0 then`,
    replace: `    if cardinality(p_revived) > 1000 then`,
  },
  {
    id: "sql-deletion-without-tombstone",
    breaks: "S-I8",
    file: functions,
    find: `    if cardinality(p_tombstones) > 0 then`,
    replace: `    if cardinality(p_tombstones) > 1 then`,
  },
  {
    id: "sql-bytes-not-counted",
    breaks: "S-I12",
    file: functions,
    find: `          live_bytes = s.live_bytes + p_live_bytes,`,
    replace: `          live_bytes = s.live_bytes + greatest(p_live_bytes, 0),`,
  },
  {
    id: "sql-stamp-not-raised",
    breaks: "R7",
    file: functions,
    find: `    update sync_data_changes x set stamp_at = f.stamp, stamp_device_id = p_device`,
    replace: `    update sync_data_changes x set stamp_at = x.stamp_at, stamp_device_id = p_device`,
  },
  {
    id: "sql-horizon-stays",
    breaks: "S26",
    file: functions,
    find: `      set horizon = greatest(s.horizon, v_version), horizon_at = greatest(s.horizon_at, v_at),`,
    replace: `      set horizon = s.horizon, horizon_at = s.horizon_at,`,
  },
  {
    id: "sql-history-horizon-stays",
    breaks: "S26",
    file: functions,
    find: `  update sync_data s set history_swept = v_to, history_horizon = greatest(s.history_horizon, coalesce(v_raised, 0))`,
    replace: `  update sync_data s set history_swept = v_to, history_horizon = s.history_horizon`,
  },
  {
    id: "sql-since-rounds-up",
    breaks: "S21",
    file: functions,
    find: `      b.head_before + 1 + floor(extract(epoch from p_at - b.first_changed_at) * 1000000)::bigint) into v_version`,
    replace: `      b.head_before + 2 + floor(extract(epoch from p_at - b.first_changed_at) * 1000000)::bigint) into v_version`,
  },
  {
    id: "sql-epoch-start-forgotten",
    breaks: "S28",
    file: functions,
    find: `      select p_user, p_type, e.epoch_no, p_head_before`,
    replace: `      select p_user, p_type, e.epoch_no, p_head_before + n`,
  },
  {
    id: "sql-idempotency-of-any-device",
    breaks: "S-I4",
    file: functions,
    find: `      where s.user_id = p_user and s.device_id = p_device and s.idempotency_key = p_key and s.idempotency_key is not null;`,
    replace: `      where s.user_id = p_user and s.device_id <> p_device and s.idempotency_key = p_key and s.idempotency_key is not null;`,
  },
  {
    id: "pg-page-skips-tombstones",
    breaks: "S23",
    file: `${store}page-sql.ts`,
    find: 'd.version > 0 and d.version > ${floor} ${others("d")}',
    replace: 'd.version > 1 and d.version > ${floor} + 1 ${others("d")}',
  },
  {
    id: "pg-page-shows-the-past",
    breaks: "S-I10",
    file: `${store}page-sql.ts`,
    find: "and (c.superseded_version is null or c.superseded_version > ${int(query.asOf)})",
    replace: "and (c.superseded_version is null or c.superseded_version >= ${int(query.asOf)})",
  },
  {
    id: "pg-proof-of-any-head",
    breaks: "E-I2",
    file: `${store}postgres-store.ts`,
    find: "and s.head = $4 and s.head > 0",
    replace: "and s.head >= $4 and s.head > 0",
  },
  {
    id: "pg-lineage-of-the-next-batch",
    breaks: "R18",
    file: `${store}head-sql.ts`,
    find: "b.head_after >= ${version}",
    replace: "b.head_after > ${version}",
  },
];
