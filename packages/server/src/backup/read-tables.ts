import type { ClientBase } from "pg";
import type { BackupTable } from "./backup-format.ts";
import { orderTables } from "./order-tables.ts";

/** What has its own place in a backup: the ledger of migrations stands in the header. */
const notCopied = "schema_migrations";

/** Every table of the schema with its columns and row count, in the order in which it can be filled. */
export async function readTables(client: ClientBase): Promise<BackupTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(selectTables, [notCopied]);
  const columnsByTable = new Map(rows.map(({ name, columns }) => [name, columns]));
  const references = await client.query<{ from: string; to: string }>(selectReferences);
  const tables: BackupTable[] = [];
  for (const name of orderTables([...columnsByTable.keys()], references.rows)) {
    tables.push({ name, columns: columnsByTable.get(name) ?? [], rows: await countRows(client, name) });
  }
  return tables;
}

const selectTables = `
  select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> $1
  group by c.relname`;

const selectReferences = `
  select f.conrelid::regclass::text as from, f.confrelid::regclass::text as to
  from pg_constraint f
  where f.contype = 'f' and f.connamespace = current_schema()::regnamespace`;

async function countRows(client: ClientBase, table: string): Promise<number> {
  const { rows } = await client.query<{ count: string }>(`select count(*) from ${client.escapeIdentifier(table)}`);
  return Number(rows[0]?.count);
}
