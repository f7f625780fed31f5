import type { Pool } from "pg";
import type { StreamSession } from "./event-streams.ts";

const statement = `
  select s.user_id, s.session_id
  from unnest($1::uuid[], $2::uuid[], $3::uuid[]) s(user_id, device_id, session_id)
  join users u on u.user_id = s.user_id and u.disabled_at is null
  join devices d on d.user_id = s.user_id and d.device_id = s.device_id and d.revoked_at is null
  where exists (
    select 1 from refresh_tokens t where t.user_id = s.user_id and t.family_id = s.session_id)`;

/** Those of the sessions that still live, in one query for however many. */
export async function readLiveSessions(pool: Pool, sessions: readonly StreamSession[]): Promise<Set<string>> {
  const { rows } = await pool.query<{ user_id: string; session_id: string }>(statement, [
    sessions.map((s) => s.userId),
    sessions.map((s) => s.deviceId),
    sessions.map((s) => s.sessionId),
  ]);
  return new Set(rows.map((row) => `${row.user_id} ${row.session_id}`));
}
