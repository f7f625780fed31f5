import { isSyncError, toSyncError } from "../errors.ts";
import { openKeys } from "./open-keys.ts";
import type { ConfirmRecoveryKey } from "./confirm-recovery-key.ts";
import { type ProvedPassword, provePassword, settlePassword } from "./prove-password.ts";
import { makeRecoveryKey } from "./recovery.ts";
import { isSameBytes } from "./sealed-text.ts";
import type { SessionCore } from "./session-core.ts";

export interface NewRecoveryKeyInput {
  readonly password: string;
  readonly confirmRecoveryKey: ConfirmRecoveryKey;
}

/** Replaces the recovery key; the old one opens nothing any more. */
export async function newRecoveryKey(core: SessionCore, input: NewRecoveryKeyInput): Promise<void> {
  const account = await core.requireAccount();
  const proved = await provePassword(core, account, input.password);
  const next = await makeRecoveryKey(core, account.accountId, proved.bundle, input.confirmRecoveryKey);
  try {
    await replaceOnce(core, proved, next);
  } catch (error) {
    if (!isSyncError(error, "KEYS_CHANGED")) throw error;
    await replaceOnce(core, proved, next);
  }
}

async function replaceOnce(
  core: SessionCore,
  proved: ProvedPassword,
  { recoveryWrap, recoveryAuth }: Awaited<ReturnType<typeof makeRecoveryKey>>,
): Promise<void> {
  const { api } = core.options;
  const { account, secrets } = proved;
  const secret = secrets.authSecret;
  const stands = await api.getKeys(secret);
  openKeys(stands, secrets.kek, account.accountId, account);
  await settlePassword(core, proved);
  const { keyEpoch, passwordWrap, version } = stands;
  const keysVersion = await api
    .putKeys({ secret, version, keys: { keyEpoch, passwordWrap, recoveryWrap }, recoveryAuth })
    .catch(async (error: unknown) => {
      const found = await api.getKeys(secret).catch(() => null);
      if (found === null || !isSameBytes(found.recoveryWrap, recoveryWrap)) throw toSyncError(error);
      return found.version;
    });
  await core.updateAccount(account.accountId, () => ({ keysVersion, recoveryWrap }));
}
