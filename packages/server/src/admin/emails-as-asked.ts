import type { AdminEmailsQuery } from "@owlivion/sync-protocol";
import { maskedEmail } from "./masked-email.ts";

/** Rows that name accounts, their addresses masked unless the request asks for them. */
export function emailsAsAsked<T extends { readonly email: string | null }>(
  rows: readonly T[],
  { emails = "masked" }: Pick<AdminEmailsQuery, "emails">,
): T[] {
  if (emails === "full") return [...rows];
  return rows.map((row) => ({ ...row, email: row.email === null ? null : maskedEmail(row.email) }));
}
