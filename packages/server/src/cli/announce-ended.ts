import type { Pool } from "pg";
import { type EndedSessions, sessionsChannel, writeMessage } from "../events/messages.ts";

/** Tells running servers, so that open event streams end at once. Requests are refused in any case. */
export async function announceEnded(pool: Pool, userId: string, ended: EndedSessions = {}): Promise<void> {
  await pool.query("select pg_notify($1, $2)", [sessionsChannel, writeMessage("cli", { userId, ended })]);
}
