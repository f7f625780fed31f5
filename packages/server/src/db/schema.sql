-- Written by npm run schema:dump from a migrated database; a test compares. Never run.

create table account_keys (
  user_id uuid not null,
  version integer not null,
  key_epoch bigint not null,
  password_wrap bytea not null,
  recovery_wrap bytea not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  replaced_at timestamp with time zone
);

create table cleanup_state (
  only_row boolean default true not null,
  last_run_at timestamp with time zone,
  suspect_since timestamp with time zone,
  report jsonb
);

create table data_types (
  data_type smallint generated always as identity not null,
  name text not null
);

create table deleted_records (
  user_id uuid not null,
  data_type smallint not null,
  version bigint not null,
  deleted_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  stamp_at timestamp with time zone not null,
  stamp_device_id uuid not null,
  deleted_by_device_id uuid not null,
  record_id text collate "C" not null,
  record_nonce bytea,
  record_checksum bytea,
  encrypted_record bytea storage external
);

create table devices (
  user_id uuid not null,
  device_id uuid not null,
  id uuid default gen_random_uuid() not null,
  device_name text,
  platform text default 'other'::text not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  last_seen_at timestamp with time zone,
  last_sync_at timestamp with time zone,
  revoked_at timestamp with time zone
);

create table epoch_starts (
  user_id uuid not null,
  data_type smallint not null,
  epoch_no bigint not null,
  version bigint not null
);

create table epochs (
  epoch_no bigint generated always as identity not null,
  epoch uuid default gen_random_uuid() not null,
  began_at timestamp with time zone default clock_timestamp() not null,
  reason text not null,
  is_exact boolean not null,
  system_identifier bigint,
  timeline bigint
);

create table invitations (
  token_hash bytea not null,
  email text,
  created_at timestamp with time zone default clock_timestamp() not null,
  expires_at timestamp with time zone not null,
  used_by uuid,
  used_at timestamp with time zone
);

create table refresh_tokens (
  user_id uuid not null,
  family_id uuid not null,
  token_hash bytea not null,
  device_id uuid not null,
  issued_at timestamp with time zone default clock_timestamp() not null,
  expires_at timestamp with time zone not null,
  consumed_at timestamp with time zone
);

create table secret_failures (
  subject bytea not null,
  failures integer not null,
  window_began_at timestamp with time zone not null,
  locked_until timestamp with time zone
);

create table server_identity (
  name text not null,
  value bytea not null
);

create table sync_batches (
  user_id uuid not null,
  data_type smallint not null,
  head_before bigint not null,
  head_after bigint not null,
  batch_id uuid not null,
  first_changed_at timestamp with time zone not null,
  device_id uuid not null,
  idempotency_key text collate "C",
  request_hash bytea,
  answer bytea,
  created_at timestamp with time zone default clock_timestamp() not null
);

create table sync_blobs (
  user_id uuid not null,
  data_type smallint not null,
  version bigint not null,
  epoch_no bigint not null,
  encrypted_blob bytea not null storage external,
  nonce bytea,
  checksum bytea not null,
  is_text boolean not null,
  device_id uuid not null,
  updated_at timestamp with time zone not null
);

create table sync_data (
  user_id uuid not null,
  data_type smallint not null,
  epoch_no bigint not null,
  head bigint default 0 not null,
  last_changed_at timestamp with time zone default '1970-01-01 00:00:00+00'::timestamp with time zone not null,
  horizon bigint default 0 not null,
  horizon_at timestamp with time zone default '1970-01-01 00:00:00+00'::timestamp with time zone not null,
  history_horizon bigint default 0 not null,
  history_swept bigint default 0 not null,
  record_count bigint default 0 not null,
  tombstone_count bigint default 0 not null,
  live_bytes bigint default 0 not null,
  last_sync_at timestamp with time zone,
  last_device_id uuid,
  proof_epoch uuid,
  proof_version bigint,
  proof bytea
) with (fillfactor=50);

create table sync_data_changes (
  user_id uuid not null,
  data_type smallint not null,
  change_type smallint not null,
  version bigint not null,
  prev_version bigint,
  superseded_version bigint,
  changed_at timestamp with time zone not null,
  superseded_at timestamp with time zone,
  stamp_at timestamp with time zone not null,
  stamp_device_id uuid not null,
  device_id uuid not null,
  record_id text collate "C" not null,
  record_nonce bytea,
  record_checksum bytea,
  encrypted_record bytea storage external
);

create table sync_history (
  user_id uuid not null,
  entry bigint generated always as identity not null,
  device_id uuid,
  data_type smallint,
  action text not null,
  at timestamp with time zone default clock_timestamp() not null,
  applied integer default 0 not null,
  conflicts integer default 0 not null
);

create table users (
  user_id uuid not null,
  email text not null,
  kind text not null,
  secret_hash text not null,
  auth_suite smallint,
  kdf_seed bytea,
  recovery_hash text,
  encryption_salt text,
  keys_version integer default 0 not null,
  key_epoch bigint default 0 not null,
  incarnation uuid default gen_random_uuid() not null,
  created_at timestamp with time zone default clock_timestamp() not null,
  disabled_at timestamp with time zone,
  erasing_since timestamp with time zone
);

alter table account_keys add constraint account_keys_pkey PRIMARY KEY (user_id, version);
alter table account_keys add constraint account_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
alter table cleanup_state add constraint cleanup_state_pkey PRIMARY KEY (only_row);
alter table cleanup_state add constraint cleanup_state_only_row_check CHECK (only_row);
alter table data_types add constraint data_types_pkey PRIMARY KEY (data_type);
alter table data_types add constraint data_types_name_check CHECK (name ~ '^[a-z][a-z0-9_]{0,31}$'::text);
alter table data_types add constraint data_types_name_key UNIQUE (name);
alter table deleted_records add constraint deleted_records_pkey PRIMARY KEY (user_id, data_type, record_id);
alter table devices add constraint devices_pkey PRIMARY KEY (user_id, device_id);
alter table devices add constraint devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
alter table epoch_starts add constraint epoch_starts_pkey PRIMARY KEY (user_id, data_type, epoch_no);
alter table epoch_starts add constraint epoch_starts_epoch_no_fkey FOREIGN KEY (epoch_no) REFERENCES epochs(epoch_no);
alter table epoch_starts add constraint epoch_starts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
alter table epochs add constraint epochs_pkey PRIMARY KEY (epoch_no);
alter table epochs add constraint epochs_reason_check CHECK (reason = ANY (ARRAY['created'::text, 'restored'::text, 'cluster'::text, 'lineage'::text, 'operator'::text]));
alter table epochs add constraint epochs_epoch_key UNIQUE (epoch);
alter table invitations add constraint invitations_pkey PRIMARY KEY (token_hash);
alter table invitations add constraint invitations_used_by_fkey FOREIGN KEY (used_by) REFERENCES users(user_id) ON DELETE SET NULL;
alter table refresh_tokens add constraint refresh_tokens_pkey PRIMARY KEY (user_id, family_id, token_hash);
alter table refresh_tokens add constraint refresh_tokens_user_id_device_id_fkey FOREIGN KEY (user_id, device_id) REFERENCES devices(user_id, device_id) ON DELETE CASCADE;
alter table refresh_tokens add constraint refresh_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
alter table secret_failures add constraint secret_failures_pkey PRIMARY KEY (subject);
alter table server_identity add constraint server_identity_pkey PRIMARY KEY (name);
alter table sync_blobs add constraint sync_blobs_pkey PRIMARY KEY (user_id, data_type);
alter table sync_blobs add constraint sync_blobs_data_type_fkey FOREIGN KEY (data_type) REFERENCES data_types(data_type);
alter table sync_blobs add constraint sync_blobs_epoch_no_fkey FOREIGN KEY (epoch_no) REFERENCES epochs(epoch_no);
alter table sync_blobs add constraint sync_blobs_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
alter table sync_data add constraint sync_data_pkey PRIMARY KEY (user_id, data_type);
alter table sync_data add constraint sync_data_check CHECK (head >= 0 AND record_count >= 0 AND tombstone_count >= 0 AND live_bytes >= 0);
alter table sync_data add constraint sync_data_data_type_fkey FOREIGN KEY (data_type) REFERENCES data_types(data_type);
alter table sync_data add constraint sync_data_user_id_fkey FOREIGN KEY (user_id) REFERENCES users(user_id) ON DELETE CASCADE;
alter table sync_data_changes add constraint sync_data_changes_check CHECK ((superseded_at IS NULL) = (superseded_version IS NULL));
alter table sync_history add constraint sync_history_pkey PRIMARY KEY (user_id, entry);
alter table sync_history add constraint sync_history_action_check CHECK (action = ANY (ARRAY['delta_upload'::text, 'delta_download'::text, 'blob_upload'::text, 'blob_download'::text]));
alter table users add constraint users_pkey PRIMARY KEY (user_id);
alter table users add constraint users_check CHECK (erasing_since IS NULL OR disabled_at IS NOT NULL);
alter table users add constraint users_check1 CHECK (kind = 'plain'::text OR auth_suite IS NOT NULL AND kdf_seed IS NOT NULL AND recovery_hash IS NOT NULL);
alter table users add constraint users_kind_check CHECK (kind = ANY (ARRAY['plain'::text, 'sealed'::text]));
alter table users add constraint users_email_key UNIQUE (email);

CREATE INDEX deleted_records_expiry ON deleted_records USING btree (expires_at);
CREATE UNIQUE INDEX deleted_records_version ON deleted_records USING btree (user_id, data_type, version) WHERE (version > 0);
CREATE INDEX refresh_tokens_expiry ON refresh_tokens USING btree (expires_at);
CREATE UNIQUE INDEX refresh_tokens_hash ON refresh_tokens USING btree (token_hash);
CREATE UNIQUE INDEX sync_batches_key ON sync_batches USING btree (user_id, device_id, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX sync_batches_time ON sync_batches USING btree (user_id, data_type, first_changed_at) WHERE (first_changed_at > '1970-01-01 00:00:00+00'::timestamp with time zone);
CREATE UNIQUE INDEX sync_batches_version ON sync_batches USING btree (user_id, data_type, head_after) WHERE (head_after > 0);
CREATE UNIQUE INDEX sync_changes_current_record ON sync_data_changes USING btree (user_id, data_type, record_id) WHERE (superseded_at IS NULL);
CREATE UNIQUE INDEX sync_changes_current_version ON sync_data_changes USING btree (user_id, data_type, version) WHERE (superseded_version IS NULL);
CREATE UNIQUE INDEX sync_changes_past_version ON sync_data_changes USING btree (user_id, data_type, version) WHERE (superseded_at IS NOT NULL);
CREATE INDEX sync_changes_recent ON sync_data_changes USING brin (changed_at) WITH (pages_per_range='32');
CREATE INDEX sync_history_at ON sync_history USING brin (at);
CREATE INDEX users_erasing ON users USING btree (user_id) WHERE (erasing_since IS NOT NULL);

create view sync_changes_log as
 SELECT sync_data_changes.user_id,
    sync_data_changes.data_type,
    sync_data_changes.change_type,
    sync_data_changes.version,
    sync_data_changes.prev_version,
    sync_data_changes.superseded_version,
    sync_data_changes.changed_at,
    sync_data_changes.superseded_at,
    sync_data_changes.stamp_at,
    sync_data_changes.stamp_device_id,
    sync_data_changes.device_id,
    sync_data_changes.record_id,
    sync_data_changes.record_nonce,
    sync_data_changes.record_checksum,
    sync_data_changes.encrypted_record
   FROM sync_data_changes
  WHERE sync_data_changes.superseded_version IS NULL
UNION ALL
 SELECT sync_data_changes.user_id,
    sync_data_changes.data_type,
    sync_data_changes.change_type,
    sync_data_changes.version,
    sync_data_changes.prev_version,
    sync_data_changes.superseded_version,
    sync_data_changes.changed_at,
    sync_data_changes.superseded_at,
    sync_data_changes.stamp_at,
    sync_data_changes.stamp_device_id,
    sync_data_changes.device_id,
    sync_data_changes.record_id,
    sync_data_changes.record_nonce,
    sync_data_changes.record_checksum,
    sync_data_changes.encrypted_record
   FROM sync_data_changes
  WHERE sync_data_changes.superseded_at IS NOT NULL;

create view v_delta_sync_stats as
 SELECT s.user_id,
    t.name AS data_type,
    s.head,
    s.record_count,
    s.tombstone_count,
    s.live_bytes,
    s.horizon,
    s.history_horizon,
    s.last_changed_at,
    s.last_sync_at,
    ( SELECT count(*) AS count
           FROM sync_batches b
          WHERE b.user_id = s.user_id AND b.data_type = s.data_type AND b.head_after > 0) AS kept_batches
   FROM sync_data s
     JOIN data_types t ON t.data_type = s.data_type;

create view v_recent_changes as
 SELECT c.user_id,
    t.name AS data_type,
    c.version,
    c.record_id,
        CASE c.change_type
            WHEN 0 THEN 'insert'::text
            WHEN 1 THEN 'update'::text
            ELSE 'delete'::text
        END AS change_type,
    c.changed_at,
    c.device_id,
    d.device_name
   FROM sync_data_changes c
     JOIN data_types t ON t.data_type = c.data_type
     LEFT JOIN devices d ON d.user_id = c.user_id AND d.device_id = c.device_id
  WHERE c.changed_at > (clock_timestamp() - '1 day'::interval);

CREATE OR REPLACE FUNCTION apply_batch(p_user uuid, p_type smallint, p_device uuid, p_epoch_no bigint, p_head_before bigint, p_first_changed_at timestamp with time zone, p_change_types smallint[], p_ids text[], p_prev bigint[], p_superseded bigint[], p_stamps timestamp with time zone[], p_stamp_devices uuid[], p_offsets integer[], p_lengths integer[], p_nonce_lengths smallint[], p_bytes bytea, p_replaced bigint[], p_replaced_by bigint[], p_revived text[], p_tombstones integer[], p_tombstone_keep interval, p_raised text[], p_raised_stamps timestamp with time zone[], p_records bigint, p_tombstone_delta bigint, p_live_bytes bigint, p_batch uuid, p_key text, p_hash bytea, p_answer bytea, p_now timestamp with time zone, p_conflicts integer)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
declare
  n constant bigint := cardinality(p_ids);
begin
  if n > 0 then
    insert into epoch_starts (user_id, data_type, epoch_no, version)
      select p_user, p_type, e.epoch_no, p_head_before
      from sync_data s join epochs e on e.epoch_no > s.epoch_no and e.epoch_no <= p_epoch_no
      where s.user_id = p_user and s.data_type = p_type and s.epoch_no < p_epoch_no;
    if cardinality(p_replaced) > 0 then
      update sync_data_changes x
        set superseded_version = f.by_version,
            superseded_at = p_first_changed_at + (f.by_version - p_head_before - 1) * interval '1 microsecond'
        from (
          select found.tid, r.by_version from unnest(p_replaced, p_replaced_by) r(version, by_version)
          cross join lateral (
            select y.ctid as tid from sync_data_changes y
            where y.user_id = p_user and y.data_type = p_type and y.version = r.version and y.superseded_version is null
            offset 0) found) f
        where x.ctid = f.tid;
    end if;
    insert into sync_data_changes (user_id, data_type, change_type, version, prev_version, superseded_version,
        changed_at, superseded_at, stamp_at, stamp_device_id, device_id, record_id,
        record_nonce, record_checksum, encrypted_record)
      select p_user, p_type, c.change_type, p_head_before + c.i, nullif(c.prev, 0), nullif(c.superseded, 0),
        p_first_changed_at + (c.i - 1) * interval '1 microsecond',
        case when c.superseded > 0
          then p_first_changed_at + (c.superseded - p_head_before - 1) * interval '1 microsecond' end,
        c.stamp, c.stamp_device, p_device, c.id,
        case when c.length > 0 then substr(p_bytes, c.start + c.length + 1, c.nonce_length) end,
        case when c.length > 0 then substr(p_bytes, c.start + c.length + c.nonce_length + 1, 32) end,
        case when c.length > 0 then substr(p_bytes, c.start + 1, c.length) end
      from unnest(p_change_types, p_ids, p_prev, p_superseded, p_stamps, p_stamp_devices, p_offsets, p_lengths,
        p_nonce_lengths) with ordinality
        c(change_type, id, prev, superseded, stamp, stamp_device, start, length, nonce_length, i);
    if cardinality(p_revived) > 0 then
      delete from deleted_records x
        using (
          select found.tid from unnest(p_revived) r(id)
          cross join lateral (
            select y.ctid as tid from deleted_records y
            where y.user_id = p_user and y.data_type = p_type and y.record_id = r.id offset 0) found) f
        where x.ctid = f.tid;
    end if;
    if cardinality(p_tombstones) > 0 then
      insert into deleted_records (user_id, data_type, version, deleted_at, expires_at, stamp_at, stamp_device_id,
          deleted_by_device_id, record_id, record_nonce, record_checksum, encrypted_record)
        select p_user, p_type, p_head_before + t.i,
          p_first_changed_at + (t.i - 1) * interval '1 microsecond',
          p_first_changed_at + (t.i - 1) * interval '1 microsecond' + p_tombstone_keep,
          p_stamps[t.i], p_stamp_devices[t.i], p_device, p_ids[t.i],
          case when p_lengths[t.i] > 0
            then substr(p_bytes, p_offsets[t.i] + p_lengths[t.i] + 1, p_nonce_lengths[t.i]) end,
          case when p_lengths[t.i] > 0
            then substr(p_bytes, p_offsets[t.i] + p_lengths[t.i] + p_nonce_lengths[t.i] + 1, 32) end,
          case when p_lengths[t.i] > 0 then substr(p_bytes, p_offsets[t.i] + 1, p_lengths[t.i]) end
        from unnest(p_tombstones) t(i);
    end if;
    update sync_data s
      set epoch_no = p_epoch_no, head = p_head_before + n,
          last_changed_at = p_first_changed_at + (n - 1) * interval '1 microsecond',
          record_count = s.record_count + p_records,
          tombstone_count = s.tombstone_count + p_tombstone_delta,
          live_bytes = s.live_bytes + p_live_bytes,
          last_sync_at = p_now, last_device_id = p_device
      where s.user_id = p_user and s.data_type = p_type;
    insert into sync_batches (user_id, data_type, head_before, head_after, batch_id, first_changed_at, device_id,
        idempotency_key, request_hash, answer, created_at)
      values (p_user, p_type, p_head_before, p_head_before + n, p_batch, p_first_changed_at, p_device,
        p_key, p_hash, p_answer, p_now);
  end if;
  if cardinality(p_raised) > 0 then
    update sync_data_changes x set stamp_at = f.stamp, stamp_device_id = p_device
      from (
        select found.tid, r.stamp from unnest(p_raised, p_raised_stamps) r(id, stamp)
        cross join lateral (
          select y.ctid as tid from sync_data_changes y
          where y.user_id = p_user and y.data_type = p_type and y.record_id = r.id and y.superseded_at is null
          offset 0) found) f
      where x.ctid = f.tid;
    update deleted_records x set stamp_at = f.stamp, stamp_device_id = p_device
      from (
        select found.tid, r.stamp from unnest(p_raised, p_raised_stamps) r(id, stamp)
        cross join lateral (
          select y.ctid as tid from deleted_records y
          where y.user_id = p_user and y.data_type = p_type and y.record_id = r.id offset 0) found) f
      where x.ctid = f.tid;
  end if;
  insert into sync_history (user_id, device_id, data_type, action, at, applied, conflicts)
    values (p_user, p_device, p_type, 'delta_upload', p_now, n, p_conflicts);
end $function$
;
CREATE OR REPLACE FUNCTION assert_since_kept(p_user uuid, p_type smallint, p_since_version bigint)
 RETURNS void
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  if exists (select 1 from sync_data s
      where s.user_id = p_user and s.data_type = p_type and s.horizon > p_since_version) then
    raise exception 'CURSOR_EXPIRED' using errcode = 'OW410',
      hint = 'Deletions since that time have been purged; download anew with cursor=initial&tombstones=true.';
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION begin_epoch(p_reason text, p_is_exact boolean, p_expected uuid DEFAULT NULL::uuid, p_system_identifier bigint DEFAULT NULL::bigint, p_timeline bigint DEFAULT NULL::bigint)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
declare
  v_epoch uuid;
begin
  perform pg_advisory_xact_lock(7001);
  select e.epoch into v_epoch from epochs e order by e.epoch_no desc limit 1;
  if p_expected is null or v_epoch = p_expected then   -- else somebody else began it meanwhile
    insert into epochs (reason, is_exact, system_identifier, timeline)
      values (p_reason, p_is_exact, p_system_identifier, p_timeline) returning epoch into v_epoch;
  end if;
  return v_epoch;
end $function$
;
CREATE OR REPLACE FUNCTION cleanup_expired_deleted_records(p_now timestamp with time zone DEFAULT clock_timestamp())
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare
  k record;
  r record;
  v_total bigint := 0;
begin
  for k in select distinct d.user_id, d.data_type from deleted_records d where d.expires_at < p_now order by 1, 2 loop
    loop
      select * into r from sweep_tombstones(k.user_id, k.data_type, p_now, 10000);
      v_total := v_total + r.purged;
      exit when r.is_done;
    end loop;
  end loop;
  return v_total;
end $function$
;
CREATE OR REPLACE FUNCTION cleanup_old_changes(p_keep interval DEFAULT '30 days'::interval, p_now timestamp with time zone DEFAULT clock_timestamp())
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
declare
  k record;
  r record;
  v_total bigint := 0;
begin
  for k in select s.user_id, s.data_type from sync_data s where s.head > s.history_swept order by 1, 2 loop
    loop
      select * into r from sweep_history(k.user_id, k.data_type, p_now - p_keep, 10000);
      v_total := v_total + r.purged;
      exit when r.is_done;
    end loop;
  end loop;
  return v_total;
end $function$
;
CREATE OR REPLACE FUNCTION cluster_identity()
 RETURNS TABLE(system_identifier bigint, timeline bigint)
 LANGUAGE sql
 STABLE
AS $function$
  select c.system_identifier, ('x' || lpad(substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), 16, '0'))::bit(64)::bigint
  from pg_control_system() c
$function$
;
CREATE OR REPLACE FUNCTION count_changes_since(p_user_id uuid, p_data_type text, p_since timestamp with time zone)
 RETURNS TABLE(change_count bigint, deleted_count bigint)
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  v_type constant smallint := (select t.data_type from data_types t where t.name = p_data_type);
  v_after constant bigint := version_at(p_user_id, v_type, p_since);
begin
  if v_after = 0 then
    return query select coalesce(max(s.record_count), 0)::bigint, coalesce(max(s.tombstone_count), 0)::bigint
      from sync_data s where s.user_id = p_user_id and s.data_type = v_type;
  else
    return query select
      (select count(*) from sync_data_changes c where c.user_id = p_user_id and c.data_type = v_type
        and c.superseded_version is null and c.version > v_after),
      (select count(*) from deleted_records d where d.user_id = p_user_id and d.data_type = v_type
        and d.version > 0 and d.version > v_after);
  end if;
end $function$
;
CREATE OR REPLACE FUNCTION get_changes_since(p_user_id uuid, p_data_type text, p_since timestamp with time zone, p_limit integer DEFAULT 100, p_offset bigint DEFAULT 0)
 RETURNS TABLE(record_id text, change_type text, encrypted_record bytea, record_nonce bytea, record_checksum bytea, changed_at timestamp with time zone, version bigint, device_id uuid)
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  v_type constant smallint := (select t.data_type from data_types t where t.name = p_data_type);
  v_after constant bigint := version_at(p_user_id, v_type, p_since);
begin
  perform assert_since_kept(p_user_id, v_type, v_after);
  return query
    select c.record_id, case c.change_type when 0 then 'insert' else 'update' end, c.encrypted_record, c.record_nonce,
      c.record_checksum, c.changed_at, c.version, c.device_id
    from sync_data_changes c
    where c.user_id = p_user_id and c.data_type = v_type and c.superseded_version is null
      and c.version > v_after + p_offset
    order by c.version limit p_limit;
end $function$
;
CREATE OR REPLACE FUNCTION get_deleted_since(p_user_id uuid, p_data_type text, p_since timestamp with time zone, p_limit integer DEFAULT 100, p_offset bigint DEFAULT 0)
 RETURNS TABLE(record_id text, deleted_at timestamp with time zone, deleted_by_device_id uuid, version bigint, encrypted_record bytea, record_nonce bytea, record_checksum bytea)
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  v_type constant smallint := (select t.data_type from data_types t where t.name = p_data_type);
  v_after constant bigint := version_at(p_user_id, v_type, p_since);
begin
  perform assert_since_kept(p_user_id, v_type, v_after);
  return query
    select d.record_id, d.deleted_at, d.deleted_by_device_id, d.version, d.encrypted_record, d.record_nonce,
      d.record_checksum
    from deleted_records d
    where d.user_id = p_user_id and d.data_type = v_type and d.version > 0 and d.version > v_after + p_offset
    order by d.version limit p_limit;
end $function$
;
CREATE OR REPLACE FUNCTION open_collection(p_user uuid, p_type smallint, p_device uuid, p_key text, p_check_identity boolean)
 RETURNS TABLE(now timestamp with time zone, head bigint, last_changed_at timestamp with time zone, horizon bigint, horizon_at timestamp with time zone, record_count bigint, tombstone_count bigint, live_bytes bigint, other_records bigint, other_bytes bigint, epoch uuid, epoch_no bigint, is_same_cluster boolean, is_account_active boolean, replay_type smallint, replay_hash bytea, replay_answer bytea, replay_before bigint, replay_after bigint, replay_first_changed_at timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
declare
  c sync_data;
  b sync_batches;
  e epochs;
begin
  select * into c from sync_data s where s.user_id = p_user and s.data_type = p_type for no key update;
  if not found then
    insert into sync_data (user_id, data_type, epoch_no)
      select p_user, p_type, max(x.epoch_no) from epochs x on conflict do nothing;
    select * into c from sync_data s where s.user_id = p_user and s.data_type = p_type for no key update;
  end if;
  -- After the lock: a twin of this batch that committed meanwhile is visible now.
  if p_key is not null then
    select * into b from sync_batches s
      where s.user_id = p_user and s.device_id = p_device and s.idempotency_key = p_key and s.idempotency_key is not null;
  end if;
  select * into e from epochs x order by x.epoch_no desc limit 1;
  is_same_cluster := not p_check_identity or e.system_identifier is null or exists (
    select 1 from cluster_identity() i where i.system_identifier = e.system_identifier and i.timeline = e.timeline);
  -- Erasing an account disables it first, then empties each collection under its lock.
  is_account_active := exists (select 1 from users u where u.user_id = p_user and u.disabled_at is null);
  now := clock_timestamp();   -- not now(): the lock may have been waited for
  head := c.head; last_changed_at := c.last_changed_at; horizon := c.horizon; horizon_at := c.horizon_at;
  record_count := c.record_count; tombstone_count := c.tombstone_count; live_bytes := c.live_bytes;
  select coalesce(sum(s.record_count) filter (where s.data_type <> p_type), 0),
         coalesce(sum(s.live_bytes) filter (where s.data_type <> p_type), 0)
    into other_records, other_bytes from sync_data s where s.user_id = p_user;
  other_bytes := other_bytes
    + coalesce((select sum(octet_length(k.encrypted_blob)) from sync_blobs k where k.user_id = p_user), 0);
  epoch := e.epoch; epoch_no := e.epoch_no;
  replay_type := b.data_type; replay_hash := b.request_hash; replay_answer := b.answer;
  replay_before := b.head_before; replay_after := b.head_after; replay_first_changed_at := b.first_changed_at;
  return next;
end $function$
;
CREATE OR REPLACE FUNCTION read_current_records(p_user uuid, p_type smallint, p_ids text[], p_max_bytes bigint)
 RETURNS TABLE(ord bigint, change_type smallint, version bigint, changed_at timestamp with time zone, device_id uuid, stamp_at timestamp with time zone, record_nonce bytea, record_checksum bytea, encrypted_record bytea, is_truncated boolean)
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
begin
  return query
    with found as (
      select q.o, c.*, coalesce(octet_length(c.encrypted_record), 0)::bigint as bytes
      from unnest(p_ids) with ordinality q(id, o)
      cross join lateral (
        select x.change_type, x.version, x.changed_at, x.device_id, x.stamp_at, x.record_nonce, x.record_checksum, x.encrypted_record
        from sync_data_changes x
        where x.user_id = p_user and x.data_type = p_type and x.record_id = q.id and x.superseded_at is null
        offset 0) c
      union all
      select q.o, d.*, coalesce(octet_length(d.encrypted_record), 0)::bigint
      from unnest(p_ids) with ordinality q(id, o)
      cross join lateral (
        select 2::smallint, x.version, x.deleted_at, x.deleted_by_device_id, x.stamp_at, x.record_nonce, x.record_checksum, x.encrypted_record
        from deleted_records x
        where x.user_id = p_user and x.data_type = p_type and x.record_id = q.id
        offset 0) d
    ), measured as (
      select f.*, sum(f.bytes) over (order by f.o rows unbounded preceding) as so_far,
        row_number() over (order by f.o) as n
      from found f)
    select m.o, m.change_type, m.version, m.changed_at, m.device_id, m.stamp_at, m.record_nonce, m.record_checksum,
      case when m.so_far <= p_max_bytes or m.n = 1 then m.encrypted_record end,
      m.so_far > p_max_bytes and m.n > 1
    from measured m order by m.o;
end $function$
;
CREATE OR REPLACE FUNCTION read_record_states(p_user uuid, p_type smallint, p_ids text[])
 RETURNS TABLE(record_id text, is_tombstone boolean, version bigint, stamp_at timestamp with time zone, stamp_device_id uuid, record_nonce bytea, record_checksum bytea, bytes integer)
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
begin
  return query
    select q.id, false, c.version, c.stamp_at, c.stamp_device_id, c.record_nonce, c.record_checksum, c.bytes
    from unnest(p_ids) q(id)
    cross join lateral (
      select x.version, x.stamp_at, x.stamp_device_id, x.record_nonce, x.record_checksum,
        octet_length(x.encrypted_record) as bytes
      from sync_data_changes x
      where x.user_id = p_user and x.data_type = p_type and x.record_id = q.id and x.superseded_at is null
      offset 0) c
    union all
    select q.id, true, d.version, d.stamp_at, d.stamp_device_id, d.record_nonce, d.record_checksum, d.bytes
    from unnest(p_ids) q(id)
    cross join lateral (
      select x.version, x.stamp_at, x.stamp_device_id, x.record_nonce, x.record_checksum,
        octet_length(x.encrypted_record) as bytes
      from deleted_records x
      where x.user_id = p_user and x.data_type = p_type and x.record_id = q.id
      offset 0) d;
end $function$
;
CREATE OR REPLACE FUNCTION sweep_history(p_user uuid, p_type smallint, p_before timestamp with time zone, p_limit integer)
 RETURNS TABLE(purged bigint, is_done boolean)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_bitmapscan TO 'off'
AS $function$
declare
  c sync_data;
  v_until bigint;
  v_to bigint;
  v_raised bigint;
begin
  select * into c from sync_data s where s.user_id = p_user and s.data_type = p_type for no key update;
  v_until := version_at(p_user, p_type, p_before);
  v_to := least(v_until, c.history_swept + p_limit);
  if c.user_id is null or v_to <= c.history_swept then
    return query select 0::bigint, true;
    return;
  end if;
  -- What a change in (history_swept, v_to] replaced, and the deletions among those changes.
  with doomed as materialized (
    select l.prev_version as version, l.version as by_version from sync_changes_log l
      where l.user_id = p_user and l.data_type = p_type and l.version > c.history_swept and l.version <= v_to
        and l.prev_version is not null
    union
    select l.version, l.version from sync_changes_log l
      where l.user_id = p_user and l.data_type = p_type and l.version > c.history_swept and l.version <= v_to
        and l.change_type = 2
  ), gone as (
    delete from sync_data_changes x
      using (
        select found.tid, d.by_version from doomed d
        cross join lateral (
          select y.ctid as tid from sync_data_changes y
          where y.user_id = p_user and y.data_type = p_type and y.version = d.version and y.superseded_at is not null
          offset 0) found) f
      where x.ctid = f.tid
      returning f.by_version)
  select count(*), max(by_version) into purged, v_raised from gone;
  update sync_data s set history_swept = v_to, history_horizon = greatest(s.history_horizon, coalesce(v_raised, 0))
    where s.user_id = p_user and s.data_type = p_type;
  is_done := v_to = v_until;
  return next;
end $function$
;
CREATE OR REPLACE FUNCTION sweep_tombstones(p_user uuid, p_type smallint, p_now timestamp with time zone, p_limit integer)
 RETURNS TABLE(purged bigint, is_done boolean)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_sort TO 'off'
AS $function$
declare
  v_version bigint;
  v_at timestamptz;
begin
  perform 1 from sync_data s where s.user_id = p_user and s.data_type = p_type for no key update;
  -- By version, so that it ends after p_limit; `offset 0` keeps expires_at from its index, which has every account's.
  with doomed as materialized (
    select d.tid from (
      select y.ctid as tid, y.expires_at from deleted_records y
      where y.user_id = p_user and y.data_type = p_type and y.version > 0
      order by y.version offset 0) d
      where d.expires_at < p_now limit p_limit
  ), gone as (
    delete from deleted_records x using doomed where x.ctid = doomed.tid
      returning x.version, x.deleted_at)
  select count(*), max(g.version), max(g.deleted_at) into purged, v_version, v_at from gone g;
  if purged > 0 then
    update sync_data s
      set horizon = greatest(s.horizon, v_version), horizon_at = greatest(s.horizon_at, v_at),
          tombstone_count = s.tombstone_count - purged
      where s.user_id = p_user and s.data_type = p_type;
  end if;
  is_done := purged < p_limit;
  return next;
end $function$
;
CREATE OR REPLACE FUNCTION version_at(p_user uuid, p_type smallint, p_at timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  v_version bigint;
  v_low bigint := 0;    -- rows up to here are not newer than p_at
  v_high bigint;        -- rows above it are
  v_middle bigint;
  r record;
begin
  select least(b.head_after,
      b.head_before + 1 + floor(extract(epoch from p_at - b.first_changed_at) * 1000000)::bigint) into v_version
    from sync_batches b
    where b.user_id = p_user and b.data_type = p_type
      and b.first_changed_at > 'epoch'::timestamptz and b.first_changed_at <= p_at
    order by b.first_changed_at desc limit 1;
  if found then
    return v_version;
  end if;
  select b.head_before into v_high from sync_batches b
    where b.user_id = p_user and b.data_type = p_type and b.head_after > 0 order by b.head_after limit 1;
  while v_low < coalesce(v_high, 0) loop
    v_middle := (v_low + v_high + 1) / 2;
    select x.version, x.changed_at into r from (
      (select c.version, c.changed_at from sync_data_changes c
        where c.user_id = p_user and c.data_type = p_type and c.superseded_version is null
          and c.version > v_low and c.version <= v_middle order by c.version desc limit 1)
      union all
      (select d.version, d.deleted_at from deleted_records d
        where d.user_id = p_user and d.data_type = p_type and d.version > 0
          and d.version > v_low and d.version <= v_middle order by d.version desc limit 1)) x
      order by x.version desc limit 1;
    if found and r.changed_at > p_at then
      v_high := r.version - 1;
    else
      if found then
        v_version := r.version;
      end if;
      v_low := v_middle;
    end if;
  end loop;
  return coalesce(v_version, 0);
end $function$
;

comment on table deleted_records is 'The live tombstones';
comment on table epoch_starts is 'Written by the first batch of a collection in a new epoch; until then F is its head';
comment on table epochs is 'The newest row is the current epoch; a new one begins when history may have been cut';
comment on table refresh_tokens is 'A session lives while it has a row here; ending a session deletes its rows';
comment on table secret_failures is 'Wrong secrets, counted before the secret is checked and forgotten when it was right';
comment on table server_identity is 'Tells a server that starts with other secrets than the database was used with';
comment on table sync_batches is 'The committed batches: exactly once, lineage, and the way from a time to a version';
comment on table sync_data is 'One row for each collection; a batch holds its lock from its first statement to its commit';
comment on table sync_data_changes is 'The log of accepted changes: state (not superseded) and history in one';
comment on table sync_history is 'Audit: who synced what, when; never which record';
comment on table users is 'An account: a login and what its clients need to unlock their keys';
comment on view sync_changes_log is 'The whole log, by version, through the index of each half';
comment on view v_delta_sync_stats is 'Each account''s collections with their counters';
comment on view v_recent_changes is 'The last day''s activity with the names of the devices';
