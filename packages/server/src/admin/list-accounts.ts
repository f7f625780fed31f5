import { instantSql } from "../db/instant-sql.ts";
import type { Queryable } from "../db/queryable.ts";

/** What an operator sees of an account: sizes and times, never content. */
export type AccountSummary = {
  email: string;
  id: string;
  kind: "plain" | "sealed";
  state: "active" | "disabled" | "erasing";
  devices: number;
  records: number;
  /** Live ciphertext, blobs included. */
  bytes: number;
  last_sync_at: string | null;
  last_seen_at: string | null;
  created_at: string;
};

/** Accounts whose address contains a text, by address, from the one after `after`. */
export async function listAccounts(
  client: Queryable,
  { containing, limit, after = "" }: { containing: string; limit: number; after?: string },
): Promise<AccountSummary[]> {
  const { rows } = await client.query<AccountSummary>(
    `${selectSummary}
     where strpos(u.email, $1) > 0 and u.email collate "C" > $3
     order by u.email collate "C"
     limit $2`,
    [containing, limit, after],
  );
  return rows;
}

export async function readAccountSummary(client: Queryable, userId: string): Promise<AccountSummary | null> {
  const { rows } = await client.query<AccountSummary>(`${selectSummary} where u.user_id = $1`, [userId]);
  return rows[0] ?? null;
}

const selectSummary = `
     select u.email, u.user_id as id, u.kind,
       case when u.erasing_since is not null then 'erasing' when u.disabled_at is not null then 'disabled' else 'active' end as state,
       (select count(*) from devices d where d.user_id = u.user_id and d.revoked_at is null)::float8 as devices,
       coalesce(s.records, 0)::float8 as records,
       (coalesce(s.bytes, 0) + coalesce(b.bytes, 0))::float8 as bytes,
       ${instantSql("s.last_sync_at")} as last_sync_at,
       ${instantSql("(select max(d.last_seen_at) from devices d where d.user_id = u.user_id)")} as last_seen_at,
       ${instantSql("u.created_at")} as created_at
     from users u
     left join lateral (
       select sum(c.record_count) as records, sum(c.live_bytes) as bytes, max(c.last_sync_at) as last_sync_at
       from sync_data c where c.user_id = u.user_id) s on true
     left join lateral (
       select sum(octet_length(k.encrypted_blob)) as bytes from sync_blobs k where k.user_id = u.user_id) b on true`;
