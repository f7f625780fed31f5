import { normalizeEmail, type LoginRequest, type Session } from "@owlivion/sync-protocol";
import type { Account } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";
import type { Auth } from "./auth.ts";
import { countGuess, forgetGuesses } from "./guesses.ts";
import { assertSecretLength } from "./secret-length.ts";
import { renderSession } from "./session-reply.ts";
import { introduce, startSession } from "./start-session.ts";

/**
 * `POST /auth/login`. Known and unknown addresses take the same two statements and the same hash (S43); no connection is
 * held meanwhile (S31, S34).
 */
export async function login(auth: Auth, body: LoginRequest): Promise<Session> {
  assertSecretLength(body.password, "password");
  const email = normalizeEmail(body.email);
  const account = await proveSecret(auth, email, body.password);
  if (account.isDisabled) {
    // Nobody guessed: who waits until the account is enabled again must not find it locked then.
    await forgetGuesses(auth, auth.accounts, { purpose: "login", email });
    throw new ApiError("ACCOUNT_DISABLED");
  }
  const session = await auth.accounts.transaction(async (tx) => {
    const user = await tx.lockUser(account.userId);
    // Changed, disabled or erased while we hashed.
    if (user === null || user.secretHash !== account.secretHash) throw new ApiError("INVALID_CREDENTIALS");
    if (user.isDisabled) throw new ApiError("ACCOUNT_DISABLED");
    await forgetGuesses(auth, tx, { purpose: "login", email });
    return await startSession(auth, tx, account.userId, introduce(body));
  });
  return await renderSession(auth, account, session);
}

async function proveSecret(auth: Auth, email: string, secret: string): Promise<Account> {
  auth.hasher.assertRoom();
  await countGuess(auth, { purpose: "login", email });
  const account = await auth.accounts.findAccountByEmail(email);
  const isRight = await auth.hasher.verify(account?.secretHash ?? null, secret);
  if (account === null || !isRight) throw new ApiError("INVALID_CREDENTIALS");
  return account;
}
