import type { FastifyRequest } from "fastify";
import { ApiError } from "../errors.ts";
import { type RequestSession, sessionOf } from "../http/session.ts";
import type { Auth } from "./auth.ts";
import { countGuess, forgetGuesses } from "./guesses.ts";

const header = "owlivion-password";

/**
 * A preHandler hook: the auth secret again, in the header `Owlivion-Password` or as `password` in the body. A plain account
 * is spared: there the secret would be the user's own password, which its clients do not keep.
 */
export function createRequireSecret(auth: Auth): (request: FastifyRequest) => Promise<void> {
  return async (request) => requireSecret(auth, sessionOf(request), request);
}

export async function requireSecret(auth: Auth, session: RequestSession, sent: SentSecret): Promise<void> {
  if (session.kind === "plain") return;
  const secret = readSecret(sent);
  if (secret === null) throw new ApiError("REAUTH_REQUIRED");
  await proveSecretAgain(auth, session.userId, secret);
}

type SentSecret = Pick<FastifyRequest, "body" | "headers">;

/**
 * INVALID_CREDENTIALS unless it is the secret of the account. Answers the hash it was compared with: a transaction that
 * follows can see that it is still the same.
 */
export async function proveSecretAgain(auth: Auth, userId: string, secret: string): Promise<string> {
  const subject = { purpose: "session", userId } as const;
  auth.hasher.assertRoom();
  await countGuess(auth, subject);
  const account = await auth.accounts.findAccount(userId);
  const isRight = await auth.hasher.verify(account?.secretHash ?? null, secret);
  if (account === null || !isRight) throw new ApiError("INVALID_CREDENTIALS");
  await forgetGuesses(auth, auth.accounts, subject);
  return account.secretHash;
}

function readSecret({ body, headers }: SentSecret): string | null {
  if (typeof body === "object" && body !== null && "password" in body && typeof body.password === "string") {
    return body.password;
  }
  const value = headers[header];
  return typeof value === "string" && value !== "" ? value : null;
}
