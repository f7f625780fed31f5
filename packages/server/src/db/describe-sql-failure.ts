import { DatabaseError } from "pg";

/** A failed file of SQL in words: PostgreSQL's message, and the line it points to. */
export function describeSqlFailure(error: unknown, sql: string): string {
  if (!(error instanceof DatabaseError)) return error instanceof Error ? error.message : String(error);
  const message = [error.message, error.detail, error.hint].filter((part) => part !== undefined).join(" ");
  const place = error.position === undefined ? "" : `\n${pointTo(sql, Number(error.position))}`;
  return `${message} (${error.code})${place}`;
}

/** PostgreSQL counts characters from 1. */
function pointTo(sql: string, position: number): string {
  const before = Array.from(sql)
    .slice(0, position - 1)
    .join("");
  const lineNumber = before.split("\n").length;
  const column = before.length - before.lastIndexOf("\n");
  const line = sql.split("\n")[lineNumber - 1] ?? "";
  return `  line ${lineNumber}, column ${column}: ${line.trim()}`;
}
