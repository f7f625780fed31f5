import type { SessionCore } from "./session-core.ts";

/** Forgets the keys, in every tab. What is stored stays, sealed; so does the sign-in. */
export async function lock(core: SessionCore): Promise<void> {
  const account = await core.requireAccount();
  await core.updateAccount(account.accountId, ({ lockCount }) => ({ keys: null, lockCount: lockCount + 1 }));
}
