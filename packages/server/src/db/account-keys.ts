import type { KeySet, StoredKeySet } from "@owlivion/sync-protocol";
import type { PoolClient } from "pg";
import { decodeBase64 } from "../base64.ts";
import { ApiError } from "../errors.ts";
import { invalidField } from "../invalid-field.ts";
import { instantSql } from "./instant-sql.ts";
import type { Queryable } from "./queryable.ts";

const keptSets = 3;

/** A key set as it is stored: wrapped bytes that the server cannot open. */
export interface KeySetBytes {
  readonly keyEpoch: number;
  readonly passwordWrap: Buffer;
  readonly recoveryWrap: Buffer;
}

export function readKeySet(keys: KeySet): KeySetBytes {
  const passwordWrap = decodeBase64(keys.password_wrap);
  const recoveryWrap = decodeBase64(keys.recovery_wrap);
  if (passwordWrap === null) throw invalidField("keys.password_wrap", "is not strict base64");
  if (recoveryWrap === null) throw invalidField("keys.recovery_wrap", "is not strict base64");
  return { keyEpoch: keys.key_epoch, passwordWrap, recoveryWrap };
}

/** The first set of a new account. */
export async function insertFirstKeys(client: PoolClient, userId: string, keys: KeySetBytes): Promise<void> {
  await insertKeys(client, userId, 1, keys);
}

/**
 * Replaces the set that has `expectedVersion`, under the lock of the user, and answers the new version. The one before stays
 * for 30 days, three sets at most.
 */
export async function replaceKeys(
  client: PoolClient,
  userId: string,
  current: { keysVersion: number; keyEpoch: number },
  expectedVersion: number,
  keys: KeySetBytes,
): Promise<number> {
  if (current.keysVersion !== expectedVersion) {
    throw new ApiError("KEYS_CHANGED", { details: { version: current.keysVersion } });
  }
  if (keys.keyEpoch < current.keyEpoch) {
    throw new ApiError("KEY_EPOCH_OUTDATED", { details: { key_epoch: current.keyEpoch } });
  }
  const version = current.keysVersion + 1;
  await markReplaced(client, userId, current.keysVersion);
  await insertKeys(client, userId, version, keys);
  await deleteOldKeys(client, userId, version - keptSets);
  await updateKeysVersion(client, userId, version, keys.keyEpoch);
  return version;
}

async function insertKeys(client: PoolClient, userId: string, version: number, keys: KeySetBytes): Promise<void> {
  await client.query(
    "insert into account_keys (user_id, version, key_epoch, password_wrap, recovery_wrap) values ($1, $2, $3, $4, $5)",
    [userId, version, keys.keyEpoch, keys.passwordWrap, keys.recoveryWrap],
  );
}

async function markReplaced(client: PoolClient, userId: string, version: number): Promise<void> {
  await client.query("update account_keys set replaced_at = clock_timestamp() where user_id = $1 and version = $2", [
    userId,
    version,
  ]);
}

async function deleteOldKeys(client: PoolClient, userId: string, upTo: number): Promise<void> {
  await client.query("delete from account_keys where user_id = $1 and version <= $2", [userId, upTo]);
}

async function updateKeysVersion(client: PoolClient, userId: string, version: number, keyEpoch: number): Promise<void> {
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
