import type { StoredKeySet } from "@owlivion/sync-protocol";
import type { PoolClient } from "pg";
import { instantSql } from "../instant-sql.ts";
import type { Queryable } from "../queryable.ts";
import type { KeySetBytes } from "./account-store.ts";

export async function insertKeys(
  client: PoolClient,
  userId: string,
  version: number,
  keys: KeySetBytes,
): Promise<void> {
  await client.query(
    "insert into account_keys (user_id, version, key_epoch, password_wrap, recovery_wrap) values ($1, $2, $3, $4, $5)",
    [userId, version, keys.keyEpoch, keys.passwordWrap, keys.recoveryWrap],
  );
}

export async function markKeysReplaced(client: PoolClient, userId: string, version: number): Promise<void> {
  await client.query("update account_keys set replaced_at = clock_timestamp() where user_id = $1 and version = $2", [
    userId,
    version,
  ]);
}

export async function deleteOldKeys(client: PoolClient, userId: string, upTo: number): Promise<void> {
  await client.query("delete from account_keys where user_id = $1 and version <= $2", [userId, upTo]);
}

export async function updateKeysVersion(
  client: PoolClient,
  userId: string,
  version: number,
  keyEpoch: number,
): Promise<void> {
  await client.query("update users set keys_version = $2, key_epoch = $3 where user_id = $1", [
    userId,
    version,
    keyEpoch,
  ]);
}

/** The current set; null for a plain account. */
export async function findKeys(
  client: Queryable,
  userId: string,
): Promise<{ keys: StoredKeySet; updatedAt: string } | null> {
  const { rows } = await client.query<{
    version: number;
    key_epoch: number;
    password_wrap: Buffer;
    recovery_wrap: Buffer;
    created_at: string;
  }>(
    `select k.version, k.key_epoch::float8 as key_epoch, k.password_wrap, k.recovery_wrap,
       ${instantSql("k.created_at")} as created_at
     from users u join account_keys k on k.user_id = u.user_id and k.version = u.keys_version
     where u.user_id = $1`,
    [userId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    keys: {
      version: row.version,
      key_epoch: row.key_epoch,
      password_wrap: row.password_wrap.toString("base64"),
      recovery_wrap: row.recovery_wrap.toString("base64"),
    },
    updatedAt: row.created_at,
  };
}
