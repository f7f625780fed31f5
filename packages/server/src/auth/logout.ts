import { endSession } from "../db/end-sessions.ts";
import { lockUser } from "../db/lock-user.ts";
import { withTransaction } from "../db/pool.ts";
import type { RequestSession } from "../http/session.ts";
import type { Auth } from "./auth.ts";

/** `POST /auth/logout`: ends this session; the device stays in the list. */
export async function logout(auth: Auth, session: RequestSession): Promise<void> {
  await withTransaction(auth.context.pool, async (client) => {
    await lockUser(client, session.userId);
    await endSession(client, session.userId, session.sessionId);
  });
  auth.context.announcer.sessionEnded(session.userId, { sessionId: session.sessionId });
}
