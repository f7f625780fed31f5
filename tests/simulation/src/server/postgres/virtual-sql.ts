/**
 * Stands in for PostgreSQL's own time, chance and identity. The time is a sequence's value: no transaction hides it, so that
 * who waited for a lock reads it anew, as with the real clock. A statement's failures are raised by PostgreSQL itself.
 */
export const virtualSql = `
  create sequence sim_drawn;
  create sequence sim_now;
  create function public.clock_timestamp() returns timestamptz language sql volatile as
    $$ select 'epoch'::timestamptz + n.last_value * interval '1 microsecond' from public.sim_now n $$;
  create function public.gen_random_uuid() returns uuid language sql volatile as $$
    select (substr(h, 1, 12) || '4' || substr(h, 14, 3) || '8' || substr(h, 18))::uuid
    from (select md5(coalesce(current_setting('sim.seed', true), '') || nextval('public.sim_drawn')) as h) x $$;
  create table sim_cluster (system_identifier bigint not null, timeline bigint not null);
  insert into sim_cluster values (1, 1);
  create function public.pg_control_system(out pg_control_version integer, out catalog_version_no integer,
      out system_identifier bigint, out pg_control_last_modified timestamptz) language sql stable as
    $$ select 0, 0, c.system_identifier, null::timestamptz from public.sim_cluster c $$;
  create function public.pg_walfile_name(pg_lsn) returns text language sql stable as
    $$ select lpad(to_hex(c.timeline), 8, '0') || '0000000000000001' from public.sim_cluster c $$;
  create function public.sim_fail(code text) returns void language plpgsql as
    $$ begin raise exception 'simulated' using errcode = code; end $$;
`;

/** Every table of the product that a world fills, with what refers to a row before it. */
export const worldTables = [
  "sync_history",
  "sync_batches",
  "deleted_records",
  "sync_data_changes",
  "sync_blobs",
  "epoch_starts",
  "sync_data",
  "epochs",
  "account_keys",
  "refresh_tokens",
  "devices",
  "invitations",
  "secret_failures",
  "users",
] as const;

/** A new database: as the last migration left it. */
export const emptySql = `
  ${worldTables.map((table) => `delete from ${table};`).join("\n")}
  update cleanup_state set last_run_at = null, suspect_since = null, report = null;
  select setval('public.epochs_epoch_no_seq', 1, false);
  insert into epochs (reason, is_exact) values ('created', true);
`;
