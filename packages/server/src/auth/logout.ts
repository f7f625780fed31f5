import type { RequestSession } from "../http/session.ts";
import type { Auth } from "./auth.ts";

/** `POST /auth/logout`: ends this session; the device stays in the list. */
export async function logout(auth: Auth, session: RequestSession): Promise<void> {
  await auth.accounts.transaction(async (tx) => {
    await tx.lockUser(session.userId);
    await tx.endSession(session.userId, session.sessionId);
  });
  auth.sessionEnded(session.userId, { sessionId: session.sessionId });
}
