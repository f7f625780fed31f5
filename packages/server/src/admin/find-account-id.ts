import { normalizeEmail } from "@owlivion/sync-protocol";
import type { Queryable } from "../db/queryable.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The account an operator means by its address or its id. */
export async function findAccountId(client: Queryable, addressOrId: string): Promise<string | null> {
  const { rows } = uuid.test(addressOrId)
    ? await client.query<{ user_id: string }>("select user_id from users where user_id = $1", [addressOrId])
    : await client.query<{ user_id: string }>("select user_id from users where email = $1", [
        normalizeEmail(addressOrId),
      ]);
  return rows[0]?.user_id ?? null;
}
