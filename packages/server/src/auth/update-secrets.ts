import type { PoolClient } from "pg";

/** A new secret, under the lock of the user; what is `null` stays as it is. */
export async function updateSecrets(
  client: PoolClient,
  userId: string,
  secrets: { secretHash: string; authSuite: number | null; kdfSeed: Buffer | null; recoveryHash: string | null },
): Promise<void> {
  await client.query(
    `update users set secret_hash = $2, auth_suite = coalesce($3, auth_suite), kdf_seed = coalesce($4, kdf_seed),
       recovery_hash = coalesce($5, recovery_hash)
     where user_id = $1`,
    [userId, secrets.secretHash, secrets.authSuite, secrets.kdfSeed, secrets.recoveryHash],
  );
}
