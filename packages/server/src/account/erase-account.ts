import type { Pool } from "pg";
import { endAllSessions } from "../db/end-sessions.ts";
import { lockUser } from "../db/lock-user.ts";
import { withTransaction } from "../db/pool.ts";
import { eraseCollection, eraseHistory } from "./erase-collection.ts";
import { deleteUser, findCollections, findErasing, markErasing } from "./erase-statements.ts";

/**
 * An account is erased with everything about it, in steps of which each is short:
 *
 *     mark: disabled, no sessions ──► each collection, a thousand rows at a time ──► audit ──► what is left, and the user
 *
 * From the first step on nobody can sign in, so what a crash leaves is an account that only waits to be erased:
 * `eraseMarkedAccounts` goes on with it. False when there is no such account.
 */
export async function markForErasure(pool: Pool, userId: string): Promise<boolean> {
  return await withTransaction(pool, async (client) => {
    if ((await lockUser(client, userId)) === null) return false;
    await markErasing(client, userId);
    await endAllSessions(client, userId);
    return true;
  });
}

/** Goes on where a process that ended has left off. For the cleanup, and for the start. */
export async function eraseMarkedAccounts(pool: Pool): Promise<number> {
  const userIds = await findErasing(pool);
  for (const userId of userIds) await finishErasure(pool, userId);
  return userIds.length;
}

/** After the mark: everything else. */
export async function finishErasure(pool: Pool, userId: string): Promise<void> {
  do {
    for (const dataType of await findCollections(pool, userId)) await eraseCollection(pool, userId, dataType);
    await eraseHistory(pool, userId);
    // A batch that was let in before the mark may have made a collection anew.
  } while (!(await withTransaction(pool, (client) => deleteUser(client, userId))));
}
