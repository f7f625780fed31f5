import type { CleanupKind } from "./cleanup-report.ts";

/** Each removes at most $2 rows that are older than $1. None touches a record, a tombstone or a collection. */
export const purgeStatements = {
  audit: `
    delete from sync_history h using (select o.ctid as place from sync_history o where o.at < $1 limit $2) doomed
    where h.ctid = doomed.place`,
  // Not when consumed: a consumed token that comes back is what betrays a stolen session, until it would have expired.
  refresh_tokens: `
    delete from refresh_tokens t using (
      select o.user_id, o.family_id, o.token_hash from refresh_tokens o where o.expires_at < $1 limit $2) doomed
    where t.user_id = doomed.user_id and t.family_id = doomed.family_id and t.token_hash = doomed.token_hash`,
  account_keys: `
    delete from account_keys k using (
      select o.user_id, o.version from account_keys o where o.replaced_at < $1 limit $2) doomed
    where k.user_id = doomed.user_id and k.version = doomed.version and k.replaced_at is not null`,
  secret_failures: `
    delete from secret_failures f using (
      select o.subject from secret_failures o
      where o.window_began_at < $1 and (o.locked_until is null or o.locked_until < $1) limit $2) doomed
    where f.subject = doomed.subject and (f.locked_until is null or f.locked_until < $1)`,
  invitations: `
    delete from invitations i using (
      select o.token_hash from invitations o where o.expires_at < $1 or o.used_at < $1 limit $2) doomed
    where i.token_hash = doomed.token_hash`,
} as const satisfies Partial<Record<CleanupKind, string>>;
