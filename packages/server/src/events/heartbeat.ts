import type { Pool } from "pg";
import type { Log } from "../log.ts";
import type { Announcer } from "./announcer.ts";
import type { EventStreams } from "./event-streams.ts";
import { readLiveSessions } from "./read-live-sessions.ts";

export const heartbeatMs = 25_000;

/**
 * One beat: every stream gets a comment, and sessions that ended without our hearing of it (a NOTIFY was lost, the
 * operator used SQL) lose their streams. While the database is away streams stay; their tokens end them in time.
 */
export async function beat(pool: Pool, streams: EventStreams, announcer: Announcer, log: Log): Promise<void> {
  streams.beat();
  announcer.check();
  const sessions = streams.sessions();
  if (sessions.length === 0) return;
  try {
    const live = await readLiveSessions(pool, sessions);
    for (const { userId, deviceId, sessionId } of sessions) {
      if (!live.has(`${userId} ${sessionId}`)) streams.endSessions(userId, { deviceId, sessionId });
    }
  } catch (error) {
    log.warn({ err: error }, "the sessions of the event streams could not be checked");
  }
}
