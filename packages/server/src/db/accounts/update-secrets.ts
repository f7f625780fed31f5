import type { PoolClient } from "pg";
import type { NewSecrets } from "./account-store.ts";

/** Under the lock of the user. */
export async function updateSecrets(client: PoolClient, userId: string, secrets: NewSecrets): Promise<void> {
  await client.query(
    `update users set secret_hash = $2, auth_suite = coalesce($3, auth_suite), kdf_seed = coalesce($4, kdf_seed),
       recovery_hash = coalesce($5, recovery_hash)
     where user_id = $1`,
    [userId, secrets.secretHash, secrets.authSuite, secrets.kdfSeed, secrets.recoveryHash],
  );
}

export async function updateRecoveryHash(client: PoolClient, userId: string, recoveryHash: string): Promise<void> {
  await client.query("update users set recovery_hash = $2 where user_id = $1", [userId, recoveryHash]);
}
