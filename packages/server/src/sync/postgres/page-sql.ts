import { limits } from "@owlivion/sync-protocol";
import {
  dataTypeLiteral,
  instantLiteral,
  integerLiteral as int,
  textLiteral,
  uuidLiteral,
} from "../../db/sql-literal.ts";
import type { PageQuery, SinceQuery } from "../store.ts";
import { pageColumns } from "./copy-rows.ts";

const live = (where: string, limit: number) => `
  select c.change_type, c.version, c.changed_at, c.device_id, c.record_id, c.record_nonce, c.record_checksum, c.encrypted_record
  from sync_data_changes c where ${where} order by c.version limit ${int(limit)}`;

const tombstones = (where: string, limit: number) => `
  select 2::smallint as change_type, d.version, d.deleted_at as changed_at, d.deleted_by_device_id as device_id, d.record_id, d.record_nonce,
    d.record_checksum, d.encrypted_record
  from deleted_records d where ${where} order by d.version limit ${int(limit)}`;

/**
 * The page of a range: at most one row more than asked, which tells that more follow, and no row that begins beyond the
 * byte limit but one, for the same reason.
 */
const copyPage = (source: string, limit: number, order: "asc" | "desc" = "asc") => `copy (
  select ${pageColumns} from (
    select u.*, row_number() over page as n, sum(coalesce(octet_length(u.encrypted_record), 0)) over page as so_far
    from (${source}) u
    window page as (order by u.version ${order} rows unbounded preceding)
    order by u.version ${order} limit ${int(limit + 1)}) p
  where n = 1 or so_far - coalesce(octet_length(encrypted_record), 0) <= ${int(limits.maxPageBytes)}
) to stdout (format binary)`;

/** One page by version: current records and live tombstones in one order, or the records as they were. */
export function cursorPageSql(dataType: number, query: PageQuery): string {
  const { limit } = query;
  const collection = (alias: string) =>
    `${alias}.user_id = ${uuidLiteral(query.userId)} and ${alias}.data_type = ${int(dataType)}`;
  if (query.asOf !== undefined) {
    const past = `select c.* from sync_changes_log c where ${collection("c")} and c.version > ${int(query.after)}
      and c.version <= ${int(query.asOf)} and c.change_type <> 2
      and (c.superseded_version is null or c.superseded_version > ${int(query.asOf)}) order by c.version limit ${int(limit + 1)}`;
    return copyPage(past, limit);
  }
  const others = (alias: string) =>
    query.except === undefined
      ? ""
      : `and not (${alias}.version > ${int(query.except.from)} and ${alias}.version <= ${int(query.except.to)})`;
  const floor =
    query.tombstonesAfter === "head"
      ? `coalesce((select s.head from sync_data s where ${collection("s")}), 0)`
      : int(Math.max(query.tombstonesAfter, query.after));
  return copyPage(
    `(${live(`${collection("c")} and c.superseded_version is null and c.version > ${int(query.after)} ${others("c")}`, limit + 1)})
    union all
    (${tombstones(`${collection("d")} and d.version > 0 and d.version > ${floor} ${others("d")}`, limit + 1)})`,
    limit,
  );
}

/** One page of the compatible form, through the functions that migration 002 publishes. */
export function sincePageSql(query: SinceQuery): string {
  const args = [
    uuidLiteral(query.userId),
    dataTypeLiteral(query.dataType),
    instantLiteral(query.since),
    int(query.limit + 1),
    int(query.offset),
  ].join(", ");
  const changes = `select case g.change_type when 'insert' then 0 else 1 end::smallint as change_type, g.version, g.changed_at, g.device_id,
      g.record_id, g.record_nonce, g.record_checksum, g.encrypted_record from get_changes_since(${args}) g`;
  const deleted = `select 2::smallint as change_type, g.version, g.deleted_at as changed_at, g.deleted_by_device_id as device_id,
      g.record_id, g.record_nonce, g.record_checksum, g.encrypted_record from get_deleted_since(${args}) g`;
  return copyPage(query.only === "tombstones" ? deleted : `${changes} union all ${deleted}`, query.limit);
}

/**
 * One record's changes, newest first, along `prev_version`. Looked up one by one (`lateral … offset 0`): a join with the
 * log would read the whole collection for a record's few changes.
 */
export function historyPageSql(
  dataType: number,
  query: { userId: string; recordId: string; before: number; limit: number },
): string {
  const recordId = textLiteral(query.recordId);
  const collection = (alias: string) =>
    `${alias}.user_id = ${uuidLiteral(query.userId)} and ${alias}.data_type = ${int(dataType)}`;
  const entry = (columns: string, version: string) =>
    `cross join lateral (select ${columns} from sync_changes_log x where ${collection("x")} and x.version = ${version} offset 0) l`;
  return copyPage(
    `with recursive newest as (
      select c.version from sync_data_changes c
        where ${collection("c")} and c.record_id = ${recordId} and c.superseded_at is null
      union all
      select d.version from deleted_records d where ${collection("d")} and d.record_id = ${recordId}
    ), chain as (
      select l.version, l.prev_version from newest ${entry("x.version, x.prev_version", "newest.version")}
      union all
      select l.version, l.prev_version from chain ${entry("x.version, x.prev_version", "chain.prev_version")}
    )
    select l.change_type, l.version, l.changed_at, l.device_id, l.record_id, l.record_nonce, l.record_checksum, l.encrypted_record
    from chain ${entry("x.*", "chain.version")}
    where chain.version < ${int(query.before)}
    order by l.version desc limit ${int(query.limit + 1)}`,
    query.limit,
    "desc",
  );
}
