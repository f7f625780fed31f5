import { instantOf } from "../instant-of.ts";
import type { Queryable } from "../queryable.ts";
import type { GuessRules } from "./account-store.ts";

/** False when the subject is locked. A window, and a lock that is over for as long as a window, start anew. */
export async function countFailure(
  client: Queryable,
  subject: Buffer,
  nowMs: number,
  { freeGuesses, windowSeconds, delaysSeconds }: GuessRules,
): Promise<boolean> {
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
    [subject, nowMs, freeGuesses, windowSeconds, delaysSeconds],
  );
  return rowCount === 1;
}

export async function findLockedUntil(client: Queryable, subject: Buffer): Promise<number> {
  const { rows } = await client.query<{ locked_until: number | null }>(
    "select (extract(epoch from locked_until) * 1000)::float8 as locked_until from secret_failures where subject = $1",
    [subject],
  );
  return rows[0]?.locked_until ?? 0;
}

export async function forgetFailures(client: Queryable, subjects: readonly Buffer[]): Promise<void> {
  await client.query("delete from secret_failures where subject = any($1::bytea[])", [subjects]);
}
