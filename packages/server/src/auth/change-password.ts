import type { ChangePasswordRequest } from "@owlivion/sync-protocol";
import { replaceKeys } from "../db/account-keys.ts";
import { ApiError } from "../errors.ts";
import type { RequestSession } from "../http/session.ts";
import type { Auth } from "./auth.ts";
import { proveSecretAgain } from "./require-secret.ts";
import { readRewrap } from "./rewrap.ts";
import { assertSecretLength } from "./secret-length.ts";

/** `POST /auth/password`: secret, seed and wraps change together; every other session of the account ends. */
export async function changePassword(
  auth: Auth,
  { userId, sessionId, kind }: RequestSession,
  body: ChangePasswordRequest,
): Promise<{ keys_version?: number; ended_sessions: number }> {
  assertSecretLength(body.new_password, "new_password");
  const rewrap = readRewrap(kind, body);
  const provedHash = await proveSecretAgain(auth, userId, body.password);
  const secretHash = await auth.hasher.hash(body.new_password);
  const recoveryAuth = rewrap?.recoveryAuth ?? null;
  const recoveryHash = recoveryAuth === null ? null : await auth.hasher.hash(recoveryAuth);

  const changed = await auth.accounts.transaction(async (tx) => {
    const user = await tx.lockUser(userId);
    // Changed by another session while we hashed.
    if (user === null || user.isDisabled || user.secretHash !== provedHash) throw new ApiError("INVALID_CREDENTIALS");
    const version = rewrap === null ? null : await replaceKeys(tx, userId, user, rewrap.keysVersion, rewrap.keys);
    const { authSuite = null, kdfSeed = null } = rewrap ?? {};
    await tx.updateSecrets(userId, { secretHash, authSuite, kdfSeed, recoveryHash });
    return { version, ended: await tx.endOtherSessions(userId, sessionId) };
  });
  for (const ended of changed.ended) auth.sessionEnded(userId, { sessionId: ended });
  return {
    ...(changed.version === null ? {} : { keys_version: changed.version }),
    ended_sessions: changed.ended.length,
  };
}
