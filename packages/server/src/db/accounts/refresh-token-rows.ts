import type { PoolClient } from "pg";
import { instantOf } from "../instant-of.ts";
import type { TokenOwner, TokenRow } from "./account-store.ts";

export const refreshTokenDays = 30;

export async function insertToken(client: PoolClient, owner: TokenOwner, hash: Buffer, nowMs: number): Promise<void> {
  await client.query(
    `insert into refresh_tokens (user_id, family_id, token_hash, device_id, issued_at, expires_at)
     values ($1, $2, $3, $4, ${instantOf("$5")}, ${instantOf("$5")} + $6 * interval '1 day')`,
    [owner.userId, owner.sessionId, hash, owner.deviceId, nowMs, refreshTokenDays],
  );
}

export async function consumeToken(client: PoolClient, owner: TokenOwner, hash: Buffer, nowMs: number): Promise<void> {
  await client.query(
    `update refresh_tokens set consumed_at = ${instantOf("$4")}
     where user_id = $1 and family_id = $2 and token_hash = $3`,
    [owner.userId, owner.sessionId, hash, nowMs],
  );
}

/** Whose token it is: the one statement that does not begin with the user, because nothing else is known yet. */
export async function findTokenUser(client: PoolClient, hash: Buffer): Promise<string | null> {
  const { rows } = await client.query<{ user_id: string }>("select user_id from refresh_tokens where token_hash = $1", [
    hash,
  ]);
  return rows[0]?.user_id ?? null;
}

/** Read again under the lock of the user; null when the session has ended meanwhile. */
export async function findToken(
  client: PoolClient,
  userId: string,
  hash: Buffer,
  successorHash: Buffer,
): Promise<TokenRow | null> {
  const { rows } = await client.query<TokenRow>(
    `select r.user_id as "userId", r.device_id as "deviceId", r.family_id as "sessionId",
       (extract(epoch from r.expires_at) * 1000)::float8 as "expiresAtMs",
       (extract(epoch from r.consumed_at) * 1000)::float8 as "consumedAtMs",
       exists (
         select from refresh_tokens s where s.user_id = r.user_id and s.family_id = r.family_id
           and s.token_hash = $3 and s.consumed_at is null) as "isSuccessorUnused",
       d.revoked_at is not null as "isDeviceRevoked"
     from refresh_tokens r
     join devices d on d.user_id = r.user_id and d.device_id = r.device_id
     where r.user_id = $1 and r.token_hash = $2`,
    [userId, hash, successorHash],
  );
  return rows[0] ?? null;
}
