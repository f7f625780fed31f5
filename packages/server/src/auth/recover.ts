import type { RecoverRequest, Session } from "@owlivion/sync-protocol";
import { readKeySet, replaceKeys } from "../db/account-keys.ts";
import type { AccountTransaction } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";
import type { RecoveryClaims } from "./access-token.ts";
import type { Auth } from "./auth.ts";
import { readBearerToken } from "./bearer-token.ts";
import { forgetGuesses } from "./guesses.ts";
import { readKdfSeed } from "./sealing.ts";
import { assertSecretLength } from "./secret-length.ts";
import { renderSession } from "./session-reply.ts";
import { introduce, startSession } from "./start-session.ts";

/**
 * `POST /auth/recover`: everything about the secret anew, every session ended, the device signed in. The recovery token is
 * good as long as the keys have the version it names; this replaces them, so it is good once.
 */
export async function recover(auth: Auth, authorization: string | undefined, body: RecoverRequest): Promise<Session> {
  const claims = await auth.tokens.verifyRecovery(readBearerToken(authorization));
  assertSecretLength(body.new_password, "new_password");
  assertSecretLength(body.recovery_auth, "recovery_auth");
  const secrets = {
    authSuite: body.auth_suite,
    kdfSeed: readKdfSeed(body.kdf_seed),
    secretHash: await auth.hasher.hash(body.new_password),
    recoveryHash: await auth.hasher.hash(body.recovery_auth),
  };
  const keys = readKeySet(body.keys);

  const { account, session } = await auth.accounts.transaction(async (tx) => {
    const found = await lockAccount(tx, claims);
    await replaceKeys(tx, claims.userId, found.user, body.keys_version, keys);
    await tx.updateSecrets(claims.userId, secrets);
    await tx.endAllSessions(claims.userId);
    await forgetGuesses(
      auth,
      tx,
      { purpose: "login", email: found.account.email },
      { purpose: "recovery", email: found.account.email },
      { purpose: "session", userId: claims.userId },
    );
    const started = await startSession(auth, tx, claims.userId, introduce(body));
    return { account: found.account, session: started };
  });
  auth.sessionEnded(claims.userId);
  return await renderSession(auth, account, session);
}

async function lockAccount(tx: AccountTransaction, { userId, keysVersion }: RecoveryClaims) {
  const user = await tx.lockUser(userId);
  const account = user === null ? null : await tx.findAccount(userId);
  if (user === null || account === null || user.keysVersion !== keysVersion) throw new ApiError("INVALID_TOKEN");
  if (user.isDisabled) throw new ApiError("ACCOUNT_DISABLED");
  return { user, account };
}
