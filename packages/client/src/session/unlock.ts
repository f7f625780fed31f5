import { provePassword } from "./prove-password.ts";
import { sealBundle, type SessionCore } from "./session-core.ts";

/** Opens the keys with the password, without the server. A wrong one is WRONG_PASSWORD and changes nothing. */
export async function unlock(core: SessionCore, password: string): Promise<void> {
  const account = await core.requireAccount();
  const { bundle } = await provePassword(core, account, password);
  const { store, keepKeys } = core.options;
  if (keepKeys) {
    const keys = await sealBundle(store, bundle);
    await core.updateAccount(account.accountId, (stored) => (stored.lockCount === account.lockCount ? { keys } : {}));
  }
  await core.useBundle(bundle, account.accountId, account.lockCount);
}
