import type { Pool } from "pg";
import { ApiError } from "../errors.ts";

/** `PUT /auth/salt`: once; the same again is no change (S48). Answers the salt. */
export async function putSalt(pool: Pool, userId: string, salt: string): Promise<string> {
  const stored = (await setSaltOnce(pool, userId, salt)) ?? (await findSalt(pool, userId));
  if (stored !== salt) throw new ApiError("SALT_ALREADY_SET");
  return stored;
}

async function setSaltOnce(pool: Pool, userId: string, salt: string): Promise<string | null> {
  const { rows } = await pool.query<{ encryption_salt: string }>(
    "update users set encryption_salt = $2 where user_id = $1 and encryption_salt is null returning encryption_salt",
    [userId, salt],
  );
  return rows[0]?.encryption_salt ?? null;
}

async function findSalt(pool: Pool, userId: string): Promise<string | null> {
  const { rows } = await pool.query<{ encryption_salt: string | null }>(
    "select encryption_salt from users where user_id = $1",
    [userId],
  );
  return rows[0]?.encryption_salt ?? null;
}
