import type { Session, Tokens } from "@owlivion/sync-protocol";
import type { Account, TokenOwner } from "../db/accounts/account-store.ts";
import { accessTokenSeconds } from "./access-token.ts";
import type { Auth } from "./auth.ts";
import { type RefreshToken, writeRefreshToken } from "./refresh-token.ts";
import type { StartedSession } from "./start-session.ts";

export async function issueTokens(auth: Auth, owner: TokenOwner, refreshToken: RefreshToken): Promise<Tokens> {
  return {
    access_token: await auth.tokens.signAccess(owner),
    refresh_token: writeRefreshToken(refreshToken),
    token_type: "Bearer",
    expires_in: accessTokenSeconds,
  };
}

/** What signing up, signing in and recovering answer. */
export async function renderSession(
  auth: Auth,
  account: Pick<Account, "userId" | "email" | "kind" | "encryptionSalt">,
  session: StartedSession,
): Promise<Session> {
  const found = account.kind === "sealed" ? await auth.accounts.findKeys(account.userId) : null;
  return {
    user: {
      id: account.userId,
      email: account.email,
      kind: account.kind,
      encryption_salt: account.encryptionSalt,
    },
    tokens: await issueTokens(auth, session, session.refreshToken),
    ...(found === null ? {} : { keys: found.keys }),
  };
}
