import { isSyncError, toSyncError } from "../errors.ts";
import { type ProvedPassword, provePassword } from "./prove-password.ts";
import type { SessionCore } from "./session-core.ts";

/** Erases the account at the server, then everything on this device. There is no way back. */
export async function deleteAccount(core: SessionCore, password: string): Promise<void> {
  const { api, hooks } = core.options;
  const proved = await provePassword(core, await core.requireAccount(), password);
  try {
    await api.deleteAccount(proved.secrets.authSecret);
  } catch (error) {
    if (isSyncError(error, "INVALID_CREDENTIALS") || !(await isGone(core, proved))) throw toSyncError(error);
  }
  await hooks.beforeLock?.();
  await core.erase();
}

/** After a lost answer: the secret that was right does not sign in any more. */
async function isGone(core: SessionCore, { account, secrets }: ProvedPassword): Promise<boolean> {
  const { api } = core.options;
  try {
    const { email } = account;
    const reply = await api.login({ ...core.introduce({}, account), email, secret: secrets.authSecret });
    await api.logout(reply.tokens.accessToken).catch(() => {});
    return reply.user.id !== account.accountId;
  } catch (error) {
    return isSyncError(error, "INVALID_CREDENTIALS");
  }
}
