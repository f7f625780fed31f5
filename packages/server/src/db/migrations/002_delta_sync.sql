-- Delta sync: the collections, their log, the tombstones, the batches and the epochs.
--
-- The index rule: no two indexes that one lookup could both use. On fresh or stale statistics the planner
-- believes that (user, data type) names one row and may probe a version index for a record id. Each index
-- therefore has a predicate that only its own statements repeat.

create table data_types (
  data_type smallint generated always as identity primary key,
  name text not null unique check (name ~ '^[a-z][a-z0-9_]{0,31}$')
);

create table epochs (
  epoch_no bigint generated always as identity primary key,
  epoch uuid not null unique default gen_random_uuid(),
  began_at timestamptz not null default clock_timestamp(),
  reason text not null check (reason in ('created', 'restored', 'cluster', 'lineage', 'operator')),
  is_exact boolean not null,                       -- epoch_starts tells for each collection where this epoch began
  system_identifier bigint,                        -- of the cluster and its timeline, where they can be read
  timeline bigint
);
comment on table epochs is 'The newest row is the current epoch; a new one begins when history may have been cut';

create table epoch_starts (
  user_id uuid not null references users on delete cascade,
  data_type smallint not null,
  epoch_no bigint not null references epochs,
  version bigint not null,                         -- F: the head when the epoch began
  primary key (user_id, data_type, epoch_no)
);
comment on table epoch_starts is 'Written by the first batch of a collection in a new epoch; until then F is its head';

create table sync_data (
  user_id uuid not null references users on delete cascade,
  data_type smallint not null references data_types,
  epoch_no bigint not null,                        -- the epoch it was last written in
  head bigint not null default 0,                  -- newest version: consecutive, taken under this row's lock
  last_changed_at timestamptz not null default 'epoch',   -- changed_at of the head
  horizon bigint not null default 0,               -- newest tombstone that retention removed
  horizon_at timestamptz not null default 'epoch', -- its deleted_at
  history_horizon bigint not null default 0,       -- as_of below it cannot be answered any more
  history_swept bigint not null default 0,         -- how far the history cleanup has come
  record_count bigint not null default 0,
  tombstone_count bigint not null default 0,
  live_bytes bigint not null default 0,            -- ciphertext of the current records
  last_sync_at timestamptz,
  last_device_id uuid,
  proof_epoch uuid,                                -- the newest head proof
  proof_version bigint,
  proof bytea,
  primary key (user_id, data_type),
  check (head >= 0 and record_count >= 0 and tombstone_count >= 0 and live_bytes >= 0)
) with (fillfactor = 50);
comment on table sync_data is 'One row for each collection; a batch holds its lock from its first statement to its commit';

create table sync_blobs (
  user_id uuid not null references users on delete cascade,
  data_type smallint not null references data_types,
  version bigint not null,                         -- the blob's own counter
  epoch_no bigint not null references epochs,      -- in which it was last written
  encrypted_blob bytea not null,
  nonce bytea,                                     -- null when the desktop app wrote it: its text carries its own
  checksum bytea not null,
  is_text boolean not null,                        -- written through the desktop app's route
  device_id uuid not null,
  updated_at timestamptz not null,
  primary key (user_id, data_type)
);
alter table sync_blobs alter encrypted_blob set storage external;

create table sync_data_changes (
  user_id uuid not null,
  data_type smallint not null,
  change_type smallint not null,                   -- 0 insert, 1 update, 2 delete
  version bigint not null,
  prev_version bigint,                             -- the change of the same record before this one
  superseded_version bigint,                       -- a deletion is born superseded by itself
  changed_at timestamptz not null,
  superseded_at timestamptz,
  stamp_at timestamptz not null,                   -- (stamp_at, stamp_device_id): what last write wins compares
  stamp_device_id uuid not null,
  device_id uuid not null,                         -- who made the change
  record_id text collate "C" not null,
  record_nonce bytea,
  record_checksum bytea,
  encrypted_record bytea,
  check ((superseded_at is null) = (superseded_version is null))
);
comment on table sync_data_changes is 'The log of accepted changes: state (not superseded) and history in one';
alter table sync_data_changes alter encrypted_record set storage external;
create unique index sync_changes_current_record on sync_data_changes (user_id, data_type, record_id)
  where superseded_at is null;
create unique index sync_changes_current_version on sync_data_changes (user_id, data_type, version)
  where superseded_version is null;
create unique index sync_changes_past_version on sync_data_changes (user_id, data_type, version)
  where superseded_at is not null;
create index sync_changes_recent on sync_data_changes using brin (changed_at) with (pages_per_range = 32);

create view sync_changes_log as
  select * from sync_data_changes where superseded_version is null
  union all
  select * from sync_data_changes where superseded_at is not null;
comment on view sync_changes_log is 'The whole log, by version, through the index of each half';

create table deleted_records (
  user_id uuid not null,
  data_type smallint not null,
  version bigint not null,                         -- of the deletion
  deleted_at timestamptz not null,
  expires_at timestamptz not null,
  stamp_at timestamptz not null,
  stamp_device_id uuid not null,
  deleted_by_device_id uuid not null,
  record_id text collate "C" not null,
  record_nonce bytea,
  record_checksum bytea,
  encrypted_record bytea,
  primary key (user_id, data_type, record_id)
);
comment on table deleted_records is 'The live tombstones';
alter table deleted_records alter encrypted_record set storage external;
create unique index deleted_records_version on deleted_records (user_id, data_type, version) where version > 0;
create index deleted_records_expiry on deleted_records (expires_at);

create table sync_batches (
  user_id uuid not null,
  data_type smallint not null,
  head_before bigint not null,
  head_after bigint not null,                      -- the batch wrote the versions (head_before, head_after]
  batch_id uuid not null,                          -- random; cursors carry eight bytes of it
  first_changed_at timestamptz not null,           -- of version head_before + 1; 1 microsecond more for each version
  device_id uuid not null,
  idempotency_key text collate "C",
  request_hash bytea,
  answer bytea,                                    -- the per-change results, as sync/answer.ts writes them
  created_at timestamptz not null default clock_timestamp()
);
comment on table sync_batches is 'The committed batches: exactly once, lineage, and the way from a time to a version';
create unique index sync_batches_version on sync_batches (user_id, data_type, head_after) where head_after > 0;
create index sync_batches_time on sync_batches (user_id, data_type, first_changed_at)
  where first_changed_at > 'epoch'::timestamptz;
create unique index sync_batches_key on sync_batches (user_id, device_id, idempotency_key)
  where idempotency_key is not null;

create table sync_history (
  user_id uuid not null,
  entry bigint generated always as identity,
  device_id uuid,
  data_type smallint,
  action text not null check (action in ('delta_upload', 'delta_download', 'blob_upload', 'blob_download')),
  at timestamptz not null default clock_timestamp(),
  applied integer not null default 0,              -- changes applied, or rows sent
  conflicts integer not null default 0,
  primary key (user_id, entry)
);
comment on table sync_history is 'Audit: who synced what, when; never which record';
create index sync_history_at on sync_history using brin (at);

create table cleanup_state (
  only_row boolean primary key default true check (only_row),
  last_run_at timestamptz,
  suspect_since timestamptz,                       -- the clock jumped; cleanup waits until it proved steady
  report jsonb
);
insert into cleanup_state default values;

-- Begins an epoch, unless p_expected is not the current one any more. Costs the same on a server of any size: where
-- each collection stood is written by its first batch in the new epoch, under its lock.
create function begin_epoch(p_reason text, p_is_exact boolean, p_expected uuid default null,
  p_system_identifier bigint default null, p_timeline bigint default null)
returns uuid language plpgsql as $$
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
end $$;
insert into epochs (reason, is_exact) values ('created', true);

-- (system_identifier, timeline) of the cluster. The timeline comes from the name of the current WAL file: the
-- control file still tells the old one right after a promotion.
create function cluster_identity() returns table (system_identifier bigint, timeline bigint)
language sql stable as $$
  select c.system_identifier, ('x' || lpad(substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), 16, '0'))::bit(64)::bigint
  from pg_control_system() c
$$;

-- First statement of a batch: makes or locks the collection's row, then looks around under the lock.
create function open_collection(p_user uuid, p_type smallint, p_device uuid, p_key text, p_check_identity boolean)
returns table (
  now timestamptz, head bigint, last_changed_at timestamptz, horizon bigint, horizon_at timestamptz,
  record_count bigint, tombstone_count bigint, live_bytes bigint, other_records bigint, other_bytes bigint,
  epoch uuid, epoch_no bigint, is_same_cluster boolean, is_account_active boolean,
  replay_type smallint, replay_hash bytea, replay_answer bytea, replay_before bigint, replay_after bigint,
  replay_first_changed_at timestamptz
) language plpgsql as $$
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
end $$;

-- Second statement: the current state of the records a batch names, without their payloads.
create function read_record_states(p_user uuid, p_type smallint, p_ids text[])
returns table (record_id text, is_tombstone boolean, version bigint, stamp_at timestamptz, stamp_device_id uuid,
  record_nonce bytea, record_checksum bytea, bytes integer)
language plpgsql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off as $$
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
end $$;

-- The same records with their payloads, for the conflicts of a reply, in the order asked; rows that begin beyond
-- p_max_bytes come without payload.
create function read_current_records(p_user uuid, p_type smallint, p_ids text[], p_max_bytes bigint)
returns table (ord bigint, change_type smallint, version bigint, changed_at timestamptz, device_id uuid,
  stamp_at timestamptz, record_nonce bytea, record_checksum bytea, encrypted_record bytea, is_truncated boolean)
language plpgsql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off as $$
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
end $$;

-- Third statement: writes what decideBatch decided. Rows to change are found by probes that `offset 0` keeps probes, and
-- changed by ctid, which is safe under the collection's lock: a join on their keys may flip to reading the collection
-- once for each of them. Element i of the change arrays has version p_head_before + i.
create function apply_batch(
  p_user uuid, p_type smallint, p_device uuid, p_epoch_no bigint, p_head_before bigint,
  p_first_changed_at timestamptz, p_change_types smallint[], p_ids text[], p_prev bigint[], p_superseded bigint[],
  p_stamps timestamptz[], p_stamp_devices uuid[],
  p_offsets integer[], p_lengths integer[], p_nonce_lengths smallint[], p_bytes bytea,
  p_replaced bigint[], p_replaced_by bigint[],
  p_revived text[], p_tombstones integer[], p_tombstone_keep interval,
  p_raised text[], p_raised_stamps timestamptz[],
  p_records bigint, p_tombstone_delta bigint, p_live_bytes bigint,
  p_batch uuid, p_key text, p_hash bytea, p_answer bytea, p_now timestamptz, p_conflicts integer
) returns void language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off as $$
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
end $$;

-- The newest version with changed_at <= p_at, by the batch table; within a batch changed_at grows 1 microsecond a
-- version. Before the oldest batch that is kept: the newest current row or live tombstone that old, found by halving,
-- for changed_at grows with the version; 0 when there is none.
create function version_at(p_user uuid, p_type smallint, p_at timestamptz) returns bigint
language plpgsql stable as $$
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
end $$;

create function assert_since_kept(p_user uuid, p_type smallint, p_since_version bigint) returns void
language plpgsql stable as $$
begin
  if exists (select 1 from sync_data s
      where s.user_id = p_user and s.data_type = p_type and s.horizon > p_since_version) then
    raise exception 'CURSOR_EXPIRED' using errcode = 'OW410',
      hint = 'Deletions since that time have been purged; download anew with cursor=initial&tombstones=true.';
  end if;
end $$;

-- The current records of the window that begins after version_at(p_since) + p_offset, in version order.
create function get_changes_since(p_user_id uuid, p_data_type text, p_since timestamptz, p_limit integer default 100,
  p_offset bigint default 0)
returns table (record_id text, change_type text, encrypted_record bytea, record_nonce bytea, record_checksum bytea,
  changed_at timestamptz, version bigint, device_id uuid)
language plpgsql stable as $$
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
end $$;

-- The live tombstones of the same window, in version order.
create function get_deleted_since(p_user_id uuid, p_data_type text, p_since timestamptz, p_limit integer default 100,
  p_offset bigint default 0)
returns table (record_id text, deleted_at timestamptz, deleted_by_device_id uuid, version bigint,
  encrypted_record bytea, record_nonce bytea, record_checksum bytea)
language plpgsql stable as $$
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
end $$;

-- How many current records and live tombstones are newer than p_since. From the start the collection's counters tell.
create function count_changes_since(p_user_id uuid, p_data_type text, p_since timestamptz)
returns table (change_count bigint, deleted_count bigint)
language plpgsql stable as $$
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
end $$;

-- Retention of one collection, at most p_limit versions a call, under the collection's lock. Current rows cannot be
-- touched: the delete can only find superseded ones. What goes is named first and then found by probes, as in
-- apply_batch: on fresh or stale statistics a join could read the whole log while it holds the lock.
create function sweep_history(p_user uuid, p_type smallint, p_before timestamptz, p_limit integer)
returns table (purged bigint, is_done boolean) language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off as $$
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
end $$;

-- At most p_limit tombstones a call. The horizon rises to the newest one removed: a cursor below it may have missed it.
create function sweep_tombstones(p_user uuid, p_type smallint, p_now timestamptz, p_limit integer)
returns table (purged bigint, is_done boolean) language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set enable_sort = off as $$
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
end $$;

-- For an operator at a psql prompt: the whole retention in one go. The server sweeps collection by collection.
create function cleanup_old_changes(p_keep interval default '30 days', p_now timestamptz default clock_timestamp())
returns bigint language plpgsql as $$
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
end $$;

create function cleanup_expired_deleted_records(p_now timestamptz default clock_timestamp())
returns bigint language plpgsql as $$
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
end $$;

create view v_recent_changes as
  select c.user_id, t.name as data_type, c.version, c.record_id,
    case c.change_type when 0 then 'insert' when 1 then 'update' else 'delete' end as change_type,
    c.changed_at, c.device_id, d.device_name
  from sync_data_changes c
  join data_types t on t.data_type = c.data_type
  left join devices d on d.user_id = c.user_id and d.device_id = c.device_id
  where c.changed_at > clock_timestamp() - interval '1 day';
comment on view v_recent_changes is 'The last day''s activity with the names of the devices';

create view v_delta_sync_stats as
  select s.user_id, t.name as data_type, s.head, s.record_count, s.tombstone_count, s.live_bytes,
    s.horizon, s.history_horizon, s.last_changed_at, s.last_sync_at,
    (select count(*) from sync_batches b where b.user_id = s.user_id and b.data_type = s.data_type
      and b.head_after > 0) as kept_batches
  from sync_data s
  join data_types t on t.data_type = s.data_type;
comment on view v_delta_sync_stats is 'Each account''s collections with their counters';
