import type { ClientBase } from "pg";

/** Removes every view, table and function of the schema but what belongs to an extension. Within a transaction. */
export async function clearSchema(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(selectDrops);
  for (const { statement } of rows) await client.query(statement);
}

const selectDrops = `
  select format('drop %s if exists %s cascade', case c.relkind when 'v' then 'view' else 'table' end, c.oid::regclass) as statement
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'v')
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  union all
  select format('drop routine if exists %s cascade', p.oid::regprocedure)
  from pg_proc p
  where p.pronamespace = current_schema()::regnamespace
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;
