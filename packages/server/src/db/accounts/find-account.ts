import type { Queryable } from "../queryable.ts";
import type { Account } from "./account-store.ts";

const columns = `user_id as "userId", email, kind, secret_hash as "secretHash", recovery_hash as "recoveryHash",
  auth_suite as "authSuite", kdf_seed as "kdfSeed", encryption_salt as "encryptionSalt", keys_version as "keysVersion",
  disabled_at is not null as "isDisabled"`;

/** By the normalised address. */
export async function findAccountByEmail(client: Queryable, email: string): Promise<Account | null> {
  const { rows } = await client.query<Account>(`select ${columns} from users where email = $1`, [email]);
  return rows[0] ?? null;
}

export async function findAccount(client: Queryable, userId: string): Promise<Account | null> {
  const { rows } = await client.query<Account>(`select ${columns} from users where user_id = $1`, [userId]);
  return rows[0] ?? null;
}
