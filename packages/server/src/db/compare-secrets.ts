import { createHash } from "node:crypto";
import type { Pool } from "pg";
import { revealSecret } from "../config/secret.ts";
import type { Secrets } from "../config/secrets.ts";

const statement = `
  with before as (select value from server_identity where name = $1)
  insert into server_identity (name, value) values ($1, $2)
  on conflict (name) do update set value = excluded.value
  returning (select value from before) as before`;

/**
 * Notes a hash of the secrets in the database, and answers which of them are others than those it was last served with:
 * a lost `secrets.json`, a deliberate change, or a second process that was not given the same.
 */
export async function findChangedSecrets(pool: Pool, secrets: Secrets): Promise<string[]> {
  const changed: string[] = [];
  for (const [name, secret] of [
    ["JWT_SECRET", secrets.jwtSecret],
    ["SERVER_SECRET", secrets.serverSecret],
  ] as const) {
    const value = createHash("sha256")
      .update(`owl1/fingerprint/${name}/${revealSecret(secret)}`)
      .digest();
    const { rows } = await pool.query<{ before: Buffer | null }>(statement, [name, value]);
    const before = rows[0]?.before ?? null;
    if (before !== null && !before.equals(value)) changed.push(name);
  }
  return changed;
}
