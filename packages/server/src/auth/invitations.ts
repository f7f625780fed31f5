import { createHash, randomBytes } from "node:crypto";
import { normalizeEmail } from "@owlivion/sync-protocol";
import type { PoolClient } from "pg";
import { instantOf } from "../db/instant-of.ts";
import type { Queryable } from "../db/queryable.ts";
import { ApiError } from "../errors.ts";

/** For the operator: makes an invitation that is good once, for one address when that is given. Only its hash is stored. */
export async function createInvitation(
  client: Queryable,
  options: { email?: string; validDays: number; nowMs?: number },
): Promise<string> {
  const invitation = randomBytes(24).toString("base64url");
  const email = options.email === undefined ? null : normalizeEmail(options.email);
  await client.query(
    `insert into invitations (token_hash, email, expires_at)
     values ($1, $2, ${instantOf("$3")} + $4::float8 * interval '1 day')`,
    [createHash("sha256").update(invitation).digest(), email, options.nowMs ?? Date.now(), options.validDays],
  );
  return invitation;
}

/** Locks it, so that of two who come with the same invitation one gets in. REGISTRATION_CLOSED when it is no good. */
export async function claimInvitation(client: PoolClient, hash: Buffer, email: string, nowMs: number): Promise<void> {
  const { rowCount } = await client.query(
    `select from invitations
     where token_hash = $1 and used_at is null and (email is null or email = $2) and expires_at > ${instantOf("$3")}
     for update`,
    [hash, email, nowMs],
  );
  if (rowCount !== 1) throw new ApiError("REGISTRATION_CLOSED");
}

export async function useInvitation(client: PoolClient, hash: Buffer, userId: string, nowMs: number): Promise<void> {
  await client.query(`update invitations set used_by = $2, used_at = ${instantOf("$3")} where token_hash = $1`, [
    hash,
    userId,
    nowMs,
  ]);
}
