import { createHmac } from "node:crypto";
import { ApiError } from "../errors.ts";
import { instantOf } from "../db/instant-of.ts";
import type { Queryable } from "../db/queryable.ts";
import type { Auth } from "./auth.ts";
import { freeGuesses, guessDelays, guessWindowSeconds } from "./guess-delay.ts";

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
  if (await upsertFailure(auth.context.pool, key, now)) return;
  const lockedUntil = await findLockedUntil(auth.context.pool, key);
  const seconds = Math.max(1, Math.ceil((lockedUntil - now) / 1000));
  throw new ApiError("TOO_MANY_ATTEMPTS", { retryAfterSeconds: seconds });
}

export async function forgetGuesses(auth: Auth, client: Queryable, ...subjects: GuessSubject[]): Promise<void> {
  const keys = subjects.map((subject) => subjectKey(auth, subject));
  await client.query("delete from secret_failures where subject = any($1::bytea[])", [keys]);
}

/** Keyed, so that the table does not tell which addresses were tried. */
function subjectKey(auth: Auth, subject: GuessSubject): Buffer {
  const id = subject.purpose === "session" ? subject.userId : subject.email;
  return createHmac("sha256", auth.keys.guesses).update(`${subject.purpose}\n${id}`).digest();
}

/** False when the subject is locked. A window, and a lock that is over for as long as a window, start anew. */
async function upsertFailure(client: Queryable, subject: Buffer, nowMs: number): Promise<boolean> {
  const now = instantOf("$2");
  const isOver = `greatest(f.window_began_at, f.locked_until) + $4 * interval '1 second' <= ${now}`;
  const { rowCount } = await client.query(
    `insert into secret_failures as f (subject, failures, window_began_at) values ($1, 1, ${now})
     on conflict (subject) do update set
       failures = case when ${isOver} then 1 else f.failures + 1 end,
       window_began_at = case when ${isOver} then ${now} else f.window_began_at end,
       locked_until = case when ${isOver} or f.failures + 1 < $3 then null
         else ${now} + ($5::int[])[least(f.failures + 2 - $3, cardinality($5::int[]))] * interval '1 second' end
     where f.locked_until is null or f.locked_until <= ${now}`,
    [subject, nowMs, freeGuesses, guessWindowSeconds, guessDelays],
  );
  return rowCount === 1;
}

async function findLockedUntil(client: Queryable, subject: Buffer): Promise<number> {
  const { rows } = await client.query<{ locked_until: number | null }>(
    "select (extract(epoch from locked_until) * 1000)::float8 as locked_until from secret_failures where subject = $1",
    [subject],
  );
  return rows[0]?.locked_until ?? 0;
}
