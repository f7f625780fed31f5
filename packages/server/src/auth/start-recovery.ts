import { normalizeEmail, type RecoverStartRequest, type StoredKeySet } from "@owlivion/sync-protocol";
import { ApiError } from "../errors.ts";
import { recoveryTokenSeconds } from "./access-token.ts";
import type { Auth } from "./auth.ts";
import { countGuess, forgetGuesses } from "./guesses.ts";
import { assertSecretLength } from "./secret-length.ts";

export interface StartedRecovery {
  readonly recovery_token: string;
  readonly expires_in: number;
  readonly user_id: string;
  readonly keys: StoredKeySet;
}

/** `POST /auth/recover/start`: unknown, plain and wrong are one answer after one amount of work (S43). */
export async function startRecovery(auth: Auth, body: RecoverStartRequest): Promise<StartedRecovery> {
  assertSecretLength(body.recovery_auth, "recovery_auth");
  const subject = { purpose: "recovery", email: normalizeEmail(body.email) } as const;
  auth.hasher.assertRoom();
  await countGuess(auth, subject);
  const account = await auth.accounts.findAccountByEmail(subject.email);
  const isRight = await auth.hasher.verify(account?.recoveryHash ?? null, body.recovery_auth);
  if (account === null || !isRight) throw new ApiError("INVALID_CREDENTIALS");
  if (account.isDisabled) throw new ApiError("ACCOUNT_DISABLED");
  await forgetGuesses(auth, auth.accounts, subject);
  const found = await auth.accounts.findKeys(account.userId);
  if (found === null) throw new ApiError("INVALID_CREDENTIALS"); // Erased meanwhile.
  const claims = { userId: account.userId, keysVersion: found.keys.version };
  return {
    recovery_token: await auth.tokens.signRecovery(claims),
    expires_in: recoveryTokenSeconds,
    user_id: account.userId,
    keys: found.keys,
  };
}
