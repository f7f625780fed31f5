import type { PoolClient } from "pg";
import type { NewAccount } from "./account-store.ts";

/** False when the address or the id is taken. The first device and session come by `startSession`. */
export async function insertUser(
  client: PoolClient,
  userId: string,
  email: string,
  { secretHash, recoveryHash, sealing }: NewAccount,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into users (user_id, email, kind, secret_hash, auth_suite, kdf_seed, recovery_hash, keys_version, key_epoch)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      userId,
      email,
      sealing === null ? "plain" : "sealed",
      secretHash,
      sealing?.authSuite ?? null,
      sealing?.kdfSeed ?? null,
      recoveryHash,
      sealing === null ? 0 : 1,
      sealing?.keys.keyEpoch ?? 0,
    ],
  );
  return rowCount === 1;
}

export async function isEmailTaken(client: PoolClient, email: string): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(
    "select exists (select from users where email = $1) as taken",
    [email],
  );
  return rows[0]?.taken === true;
}
