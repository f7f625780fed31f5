import { deriveRecoveryAuth, deriveRecoveryWrapKey } from "@owlivion/sync-crypto/account";
import { SyncError, toSyncError } from "../errors.ts";
import type { ConfirmRecoveryKey } from "./confirm-recovery-key.ts";
import { openSignedIn, tryUnwrap, wrapAndReadBack } from "./open-keys.ts";
import { type ProvedPassword, provePassword } from "./prove-password.ts";
import { makeRecoveryKey, readRecoveryKey } from "./recovery.ts";
import type { SessionCore } from "./session-core.ts";

export interface RebuildAccountInput {
  readonly password: string;
  /** The account's recovery key goes on being that, or a new one is shown and confirmed. */
  readonly recovery: { readonly recoveryKey: string } | { readonly confirmRecoveryKey: ConfirmRecoveryKey };
  readonly invitation?: string;
}

/**
 * For a server that lost everything: registers this account there again, with the same id, keys and password, so that what
 * the devices hold can be sent anew. EMAIL_EXISTS when the server still has, or has again, an account of this address.
 */
export async function rebuildAccount(core: SessionCore, input: RebuildAccountInput): Promise<void> {
  const { api, ports } = core.options;
  const account = await core.requireAccount();
  const proved = await provePassword(core, account, input.password);
  const { secrets, bundle, unsettled } = proved;
  const { accountId, email, suite, keyEpoch } = account;
  const { seed } = unsettled ?? account;
  const recovery = await readRecovery(core, proved, input.recovery);
  const device = core.introduce({}, account);
  const reply = await api
    .register({
      ...device,
      email,
      secret: secrets.authSecret,
      ...(input.invitation === undefined ? {} : { invitation: input.invitation }),
      accountId,
      suite,
      seed,
      keys: {
        keyEpoch,
        passwordWrap: wrapAndReadBack(secrets.kek, accountId, bundle, ports.random),
        recoveryWrap: recovery.recoveryWrap,
      },
      recoveryAuth: recovery.recoveryAuth,
    })
    .catch(async (error: unknown) => {
      // A lost answer, or another device of this account that was faster.
      const found = await api.login({ ...device, email, secret: secrets.authSecret }).catch(() => null);
      if (found?.user.id !== accountId) throw toSyncError(error);
      return found;
    });
  const opened = openSignedIn(reply, secrets.kek, email, account);
  await core.adopt({ ...opened, reply, email, suite, seed, device });
}

async function readRecovery(
  core: SessionCore,
  { account, bundle }: ProvedPassword,
  recovery: RebuildAccountInput["recovery"],
) {
  const { accountId, recoveryWrap } = account;
  if ("confirmRecoveryKey" in recovery) {
    return await makeRecoveryKey(core, accountId, bundle, recovery.confirmRecoveryKey);
  }
  const recoveryKey = readRecoveryKey(recovery.recoveryKey);
  const opened = tryUnwrap(deriveRecoveryWrapKey(recoveryKey, accountId), accountId, recoveryWrap);
  if (opened === null) throw new SyncError("WRONG_RECOVERY_KEY");
  return { recoveryWrap, recoveryAuth: deriveRecoveryAuth(recoveryKey) };
}
