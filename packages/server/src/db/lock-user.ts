import type { PoolClient } from "pg";
import type { LockedUser } from "./accounts/account-store.ts";

/**
 * First statement of every transaction that begins, renews or ends a session or changes a secret or keys: one at a time
 * for each account, so that a refresh that runs beside a revocation cannot leave a token behind. Uploads do not wait for it.
 */
export async function lockUser(client: PoolClient, userId: string): Promise<LockedUser | null> {
  const { rows } = await client.query<LockedUser>(
    `select kind, secret_hash as "secretHash", keys_version as "keysVersion", key_epoch::float8 as "keyEpoch",
       disabled_at is not null as "isDisabled"
     from users where user_id = $1 for no key update`,
    [userId],
  );
  return rows[0] ?? null;
}
