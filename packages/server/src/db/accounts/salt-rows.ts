import type { Queryable } from "../queryable.ts";

export async function setSaltOnce(client: Queryable, userId: string, salt: string): Promise<string | null> {
  const { rows } = await client.query<{ encryption_salt: string }>(
    "update users set encryption_salt = $2 where user_id = $1 and encryption_salt is null returning encryption_salt",
    [userId, salt],
  );
  return rows[0]?.encryption_salt ?? null;
}

export async function findSalt(client: Queryable, userId: string): Promise<string | null> {
  const { rows } = await client.query<{ encryption_salt: string | null }>(
    "select encryption_salt from users where user_id = $1",
    [userId],
  );
  return rows[0]?.encryption_salt ?? null;
}
