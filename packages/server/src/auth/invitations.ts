import { createHash, randomBytes } from "node:crypto";
import { normalizeEmail } from "@owlivion/sync-protocol";
import { instantOf } from "../db/instant-of.ts";
import type { Queryable } from "../db/queryable.ts";

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
