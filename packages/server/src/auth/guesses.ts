import { createHmac } from "node:crypto";
import { ApiError } from "../errors.ts";
import type { AccountReads, GuessRules } from "../db/accounts/account-store.ts";
import type { Auth } from "./auth.ts";
import { guessWindowSeconds } from "../guess-window.ts";
import { freeGuesses, guessDelays } from "./guess-delay.ts";

const rules: GuessRules = { freeGuesses, windowSeconds: guessWindowSeconds, delaysSeconds: guessDelays };

/**
 * Whose wrong secrets are counted together. Each purpose is a subject of its own: who guesses at the login of somebody else
 * locks neither that person's recovery nor what a signed-in device asks the secret for.
 */
export type GuessSubject =
  | { readonly purpose: "login" | "recovery"; readonly email: string }
  | { readonly purpose: "session"; readonly userId: string };

/**
 * Counts an attempt before the secret is looked at, in one statement, so that guesses side by side cannot pass together
 * (S38); TOO_MANY_ATTEMPTS while the delay lasts. A right secret forgets the count.
 */
export async function countGuess(auth: Auth, subject: GuessSubject): Promise<void> {
  const key = subjectKey(auth, subject);
  const now = auth.clock();
  if (await auth.accounts.countFailure(key, now, rules)) return;
  const lockedUntil = await auth.accounts.findLockedUntil(key);
  const seconds = Math.max(1, Math.ceil((lockedUntil - now) / 1000));
  throw new ApiError("TOO_MANY_ATTEMPTS", { retryAfterSeconds: seconds });
}

export async function forgetGuesses(auth: Auth, store: AccountReads, ...subjects: GuessSubject[]): Promise<void> {
  await store.forgetFailures(subjects.map((subject) => subjectKey(auth, subject)));
}

/** Keyed, so that the table does not tell which addresses were tried. */
function subjectKey(auth: Auth, subject: GuessSubject): Buffer {
  const id = subject.purpose === "session" ? subject.userId : subject.email;
  return createHmac("sha256", auth.keys.guesses).update(`${subject.purpose}\n${id}`).digest();
}
