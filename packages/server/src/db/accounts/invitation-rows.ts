import type { PoolClient } from "pg";
import { instantOf } from "../instant-of.ts";

/** Locks it, so that of two who come with the same invitation one gets in. */
export async function claimInvitation(
  client: PoolClient,
  hash: Buffer,
  email: string,
  nowMs: number,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from invitations
     where token_hash = $1 and used_at is null and (email is null or email = $2) and expires_at > ${instantOf("$3")}
     for update`,
    [hash, email, nowMs],
  );
  return rowCount === 1;
}

export async function useInvitation(client: PoolClient, hash: Buffer, userId: string, nowMs: number): Promise<void> {
  await client.query(`update invitations set used_by = $2, used_at = ${instantOf("$3")} where token_hash = $1`, [
    hash,
    userId,
    nowMs,
  ]);
}
