import type { AdminTraffic } from "@owlivion/sync-protocol";
import type { Queryable } from "../db/queryable.ts";

/** How many are guessing, and how often. Whose secrets were tried, the table does not tell. */
export async function readWrongSecrets(
  client: Queryable,
  windowSeconds: number,
): Promise<AdminTraffic["wrong_secrets"]> {
  const { rows } = await client.query<AdminTraffic["wrong_secrets"]>(
    `select count(*)::float8 as subjects, coalesce(sum(failures), 0)::float8 as failures,
       (count(*) filter (where locked_until > clock_timestamp()))::float8 as locked
     from secret_failures
     where greatest(window_began_at, locked_until) + $1 * interval '1 second' > clock_timestamp()`,
    [windowSeconds],
  );
  return rows[0] ?? { subjects: 0, failures: 0, locked: 0 };
}
