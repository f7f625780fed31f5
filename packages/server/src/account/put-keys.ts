import type { PutKeysRequest } from "@owlivion/sync-protocol";
import type { Pool, PoolClient } from "pg";
import { readKeySet, replaceKeys } from "../db/account-keys.ts";
import { lockUser } from "../db/lock-user.ts";
import { withTransaction } from "../db/pool.ts";
import { ApiError } from "../errors.ts";

/** Replaces the key set that has the version sent, and the recovery secret when the recovery key is a new one. */
export async function putKeys(
  pool: Pool,
  userId: string,
  body: PutKeysRequest,
  recoveryHash: string | null,
): Promise<number> {
  const keys = readKeySet(body.keys);
  return await withTransaction(pool, async (client) => {
    const user = await lockUser(client, userId);
    if (user === null || user.isDisabled) throw new ApiError("SESSION_REVOKED");
    const version = await replaceKeys(client, userId, user, body.version, keys);
    if (recoveryHash !== null) await updateRecoveryHash(client, userId, recoveryHash);
    return version;
  });
}

async function updateRecoveryHash(client: PoolClient, userId: string, recoveryHash: string): Promise<void> {
  await client.query("update users set recovery_hash = $2 where user_id = $1", [userId, recoveryHash]);
}
