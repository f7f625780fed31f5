import type { PutKeysRequest, StoredKeySet } from "@owlivion/sync-protocol";
import { readKeySet, replaceKeys } from "../db/account-keys.ts";
import type { AccountStore } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";
import type { Guards } from "../http/guards.ts";
import type { RequestSession } from "../http/session.ts";

/** `GET /account/keys`, the secret proved. */
export async function getKeys(
  accounts: AccountStore,
  session: RequestSession,
): Promise<StoredKeySet & { updated_at: string }> {
  assertSealed(session);
  const found = await accounts.findKeys(session.userId);
  if (found === null) throw new ApiError("NO_KEYS");
  return { ...found.keys, updated_at: found.updatedAt };
}

/**
 * `PUT /account/keys`, the secret proved: replaces the key set that has the version sent, and the recovery secret when the
 * recovery key is a new one.
 */
export async function putKeys(
  { accounts, hashSecret }: { accounts: AccountStore; hashSecret: Guards["hashSecret"] },
  session: RequestSession,
  body: PutKeysRequest,
): Promise<{ version: number }> {
  assertSealed(session);
  const { userId } = session;
  const recoveryHash = body.recovery_auth === undefined ? null : await hashSecret(body.recovery_auth, "recovery_auth");
  const keys = readKeySet(body.keys);
  const version = await accounts.transaction(async (tx) => {
    const user = await tx.lockUser(userId);
    if (user === null || user.isDisabled) throw new ApiError("SESSION_REVOKED");
    const replaced = await replaceKeys(tx, userId, user, body.version, keys);
    if (recoveryHash !== null) await tx.updateRecoveryHash(userId, recoveryHash);
    return replaced;
  });
  return { version };
}

function assertSealed({ kind }: RequestSession): void {
  if (kind === "plain") throw new ApiError("PLAIN_ACCOUNT");
}
