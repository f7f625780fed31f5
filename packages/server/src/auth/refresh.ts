import type { Tokens } from "@owlivion/sync-protocol";
import type { AccountTransaction, TokenOwner } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";
import type { Auth } from "./auth.ts";
import { judgeRefresh } from "./judge-refresh.ts";
import { hashRefreshToken, readRefreshToken, type RefreshToken, successorOf } from "./refresh-token.ts";
import { issueTokens } from "./session-reply.ts";

/** `POST /auth/refresh`: gives the successor of a refresh token and a new access token, in one transaction (S39, S40). */
export async function refresh(auth: Auth, text: string): Promise<Tokens> {
  const token = readRefreshToken(text);
  if (token === null) throw new ApiError("INVALID_REFRESH_TOKEN");
  const successor = successorOf(auth.keys.refresh, token);
  const outcome = await auth.accounts.transaction((tx) => rotate(auth, tx, token, successor));
  if (outcome.kind === "issue") return await issueTokens(auth, outcome.owner, successor);
  if (outcome.kind === "reused") {
    auth.sessionEnded(outcome.owner.userId, { sessionId: outcome.owner.sessionId });
    auth.log.warn({ event: "refresh_token_reused" }, "a refresh token was used twice: its session was ended");
  }
  throw new ApiError("INVALID_REFRESH_TOKEN");
}

type Outcome = { kind: "issue"; owner: TokenOwner } | { kind: "refused" } | { kind: "reused"; owner: TokenOwner };

/** What it decides is committed also when the answer is an error: a reused token ends its session (S41). */
async function rotate(
  auth: Auth,
  tx: AccountTransaction,
  token: RefreshToken,
  successor: RefreshToken,
): Promise<Outcome> {
  const hash = hashRefreshToken(token);
  const successorHash = hashRefreshToken(successor);
  const userId = await tx.findTokenUser(hash);
  const user = userId === null ? null : await tx.lockUser(userId);
  if (userId === null || user === null || user.isDisabled) return { kind: "refused" };
  const found = await tx.findToken(userId, hash, successorHash);
  if (found === null || found.isDeviceRevoked) return { kind: "refused" };

  const nowMs = auth.clock();
  switch (judgeRefresh(found, nowMs)) {
    case "rotate":
      await tx.consumeToken(found, hash, nowMs);
      await tx.insertToken(found, successorHash, nowMs);
      return { kind: "issue", owner: found };
    case "repeat":
      return { kind: "issue", owner: found };
    case "expired":
      return { kind: "refused" };
    case "reused":
      await tx.endSession(found.userId, found.sessionId);
      return { kind: "reused", owner: found };
  }
}
