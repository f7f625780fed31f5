import { isCryptoError, type KeyBundle, type RecoveryKey } from "@owlivion/sync-crypto";
import {
  createRecoveryKey,
  deriveRecoveryAuth,
  deriveRecoveryWrapKey,
  loginSuite,
  parseRecoveryKey,
} from "@owlivion/sync-crypto/account";
import { limits, type Platform } from "@owlivion/sync-protocol";
import { isSyncError, SyncError, toSyncError } from "../errors.ts";
import type { RecoveryStarted } from "../transport/replies.ts";
import { readAccount } from "./account-row.ts";
import { checkEmail } from "./check-email.ts";
import { checkNewPassword } from "./check-password.ts";
import { type ConfirmRecoveryKey, confirmRecoveryKey } from "./confirm-recovery-key.ts";
import { assertNotErasing } from "./erase-store.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { deriveSecrets, openKeys, openSignedIn, wrapAndReadBack } from "./open-keys.ts";
import { discardUnless } from "./sign-in.ts";
import type { SessionCore } from "./session-core.ts";

export interface RecoverInput {
  readonly email: string;
  readonly recoveryKey: string;
  readonly newPassword: string;
  readonly confirmRecoveryKey: ConfirmRecoveryKey;
  readonly deviceName?: string;
  readonly platform?: Platform;
}

/**
 * For a forgotten password: opens the keys with the recovery key, sets a new password and a new recovery key, and signs in.
 * Every session of the account ends. A lost answer is looked for by signing in with the new password.
 */
export async function recover(core: SessionCore, input: RecoverInput): Promise<void> {
  const { store, api, ports, passwordHash } = core.options;
  const email = checkEmail(input.email);
  checkNewPassword(input.newPassword, email);
  const recoveryKey = readRecoveryKey(input.recoveryKey);
  const known = await store.read(["meta"], async (tx) => {
    await assertNotErasing(tx);
    return await readAccount(tx);
  });
  if (known !== null && known.email !== email) throw new SyncError("ACCOUNT_MISMATCH");

  const started = await start(core, email, recoveryKey);
  const { userId: accountId, keys: stands } = started;
  if (known !== null && accountId !== known.accountId) throw new SyncError("ACCOUNT_CHANGED");
  const bundle = openKeys(stands, deriveRecoveryWrapKey(recoveryKey, accountId), accountId, known);

  const next = await makeRecoveryKey(core, accountId, bundle, input.confirmRecoveryKey);
  const seed = ports.random(limits.kdfSeedBytes);
  const secrets = await deriveSecrets({ email, password: input.newPassword, suite: loginSuite, seed }, passwordHash);
  const device = core.introduce(input, known);
  const reply = await api
    .recover({
      ...device,
      recoveryToken: started.recoveryToken,
      newSecret: secrets.authSecret,
      suite: loginSuite,
      seed,
      keys: {
        keyEpoch: stands.keyEpoch,
        passwordWrap: wrapAndReadBack(secrets.kek, accountId, bundle, ports.random),
        recoveryWrap: next.recoveryWrap,
      },
      keysVersion: stands.version,
      recoveryAuth: next.recoveryAuth,
    })
    .catch(async (error: unknown) => {
      const found = await api.login({ ...device, email, secret: secrets.authSecret }).catch(() => null);
      if (found?.user.id !== accountId) throw toSyncError(error);
      return found;
    });
  const expected = { accountId, fingerprint: fingerprintOf(bundle, accountId), keyEpoch: stands.keyEpoch };
  const opened = await discardUnless(core, reply, () => openSignedIn(reply, secrets.kek, email, expected));
  await core.adopt({ ...opened, reply, email, suite: loginSuite, seed, device });
}

async function start(core: SessionCore, email: string, recoveryKey: RecoveryKey): Promise<RecoveryStarted> {
  try {
    return await core.options.api.recoverStart({ email, recoveryAuth: deriveRecoveryAuth(recoveryKey) });
  } catch (error) {
    if (!isSyncError(error, "INVALID_CREDENTIALS")) throw error;
    throw new SyncError("WRONG_RECOVERY_KEY", { message: "The e-mail address or the recovery key is wrong." });
  }
}

/** INVALID_RECOVERY_KEY, with the group that is wrong where that can be told. */
export function readRecoveryKey(text: string): RecoveryKey {
  try {
    return parseRecoveryKey(text);
  } catch (error) {
    throw new SyncError("INVALID_RECOVERY_KEY", isCryptoError(error) ? { details: error.details } : {});
  }
}

/** A new recovery key that the person has confirmed, and what the server gets of it. */
export async function makeRecoveryKey(
  core: SessionCore,
  accountId: string,
  bundle: KeyBundle,
  confirm: ConfirmRecoveryKey,
) {
  const { random } = core.options.ports;
  const recoveryKey = createRecoveryKey(random);
  await confirmRecoveryKey(recoveryKey, confirm, random);
  return {
    recoveryWrap: wrapAndReadBack(deriveRecoveryWrapKey(recoveryKey, accountId), accountId, bundle, random),
    recoveryAuth: deriveRecoveryAuth(recoveryKey),
  };
}
