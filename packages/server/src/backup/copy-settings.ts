import type { ClientBase } from "pg";

/** What the text of values depends on, fixed, so that it means the same where it is read. */
export async function fixTextFormat(client: ClientBase): Promise<void> {
  await client.query(
    "set local client_encoding = 'UTF8'; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'; " +
      "set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex'; set local extra_float_digits = 1; " +
      "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0",
  );
}

export function copySql(
  client: ClientBase,
  table: { name: string; columns: string[] },
  direction: "to stdout" | "from stdin",
): string {
  const columns = table.columns.map((column) => client.escapeIdentifier(column)).join(", ");
  return `copy ${client.escapeIdentifier(table.name)} (${columns}) ${direction}`;
}
