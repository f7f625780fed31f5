import type { AdminStats } from "@owlivion/sync-protocol";
import type { Queryable } from "../db/queryable.ts";

/** Sizes of the server's own tables, indexes included, the largest first. */
export async function readTables(client: Queryable): Promise<AdminStats["tables"]> {
  const { rows } = await client.query<AdminStats["tables"][number]>(
    `select c.relname as name, pg_total_relation_size(c.oid)::float8 as bytes, greatest(c.reltuples, 0)::float8 as rows
     from pg_class c
     where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
     order by bytes desc, name`,
  );
  return rows;
}
