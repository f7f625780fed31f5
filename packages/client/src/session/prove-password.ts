import type { KeyBundle } from "@owlivion/sync-crypto";
import type { LoginSecrets } from "@owlivion/sync-crypto/account";
import { SyncError } from "../errors.ts";
import type { Account, UnsettledPassword } from "./account-row.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { deriveSecrets, tryUnwrap } from "./open-keys.ts";
import type { SessionCore } from "./session-core.ts";

export interface ProvedPassword {
  readonly account: Account;
  readonly secrets: LoginSecrets;
  readonly bundle: KeyBundle;
  /** The change whose new password this is; null: the password that was in force when this device last knew. */
  readonly unsettled: UnsettledPassword | null;
}

/**
 * Finds out on the device alone whether the password is the account's: WRONG_PASSWORD by the wrap's commitment, before anything
 * is sent. While the outcome of a password change is unknown, the old and the new one are both right.
 */
export async function provePassword(core: SessionCore, account: Account, password: string): Promise<ProvedPassword> {
  const { accountId, email, suite } = account;
  for (const unsettled of [null, ...account.unsettled]) {
    const { seed, passwordWrap } = unsettled ?? account;
    const secrets = await deriveSecrets({ email, password, suite, seed }, core.options.passwordHash);
    const bundle = tryUnwrap(secrets.kek, accountId, passwordWrap);
    if (bundle === null) continue;
    if (fingerprintOf(bundle, accountId) !== account.fingerprint) throw new SyncError("KEYS_TAMPERED");
    return { account, secrets, bundle, unsettled };
  }
  throw new SyncError("WRONG_PASSWORD");
}

/** The server took the secret of this password: it is the one in force. */
export async function settlePassword(core: SessionCore, { account, unsettled }: ProvedPassword): Promise<void> {
  if (unsettled === null) return;
  await core.updateAccount(account.accountId, () => ({
    seed: unsettled.seed,
    passwordWrap: unsettled.passwordWrap,
    keysVersion: unsettled.keysVersion + 1,
    unsettled: [],
  }));
}
