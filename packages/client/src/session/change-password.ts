import { loginSuite } from "@owlivion/sync-crypto/account";
import { limits } from "@owlivion/sync-protocol";
import { isSyncError, SyncError, toSyncError } from "../errors.ts";
import type { StoredKeys } from "../transport/replies.ts";
import type { UnsettledPassword } from "./account-row.ts";
import { checkNewPassword } from "./check-password.ts";
import { deriveSecrets, openKeys, wrapAndReadBack } from "./open-keys.ts";
import { isOutcomeUnknown } from "./outcome.ts";
import { type ProvedPassword, provePassword } from "./prove-password.ts";
import { isSameBytes } from "./sealed-text.ts";
import type { SessionCore } from "./session-core.ts";

export interface ChangePasswordInput {
  readonly password: string;
  readonly newPassword: string;
}

/** Changes whose outcome is unknown; more than that nobody tries in one bad hour of the network. */
const maxUnsettled = 4;

/**
 * Wraps the same keys anew under the new password; nothing is encrypted again. The new wrap is read back and stored before it
 * is sent, the old one stays until the server has answered: at every point the old or the new password opens the account, here
 * and at the server. Every other session of the account ends.
 */
export async function changePassword(core: SessionCore, input: ChangePasswordInput): Promise<void> {
  const account = await core.requireAccount();
  checkNewPassword(input.newPassword, account.email);
  const proved = await provePassword(core, account, input.password);
  try {
    await changeOnce(core, proved, input.newPassword);
  } catch (error) {
    // Another device was faster, for example with a new recovery key: its set is read, and replaced.
    if (!isSyncError(error, "KEYS_CHANGED")) throw error;
    await changeOnce(core, proved, input.newPassword);
  }
}

async function changeOnce(core: SessionCore, proved: ProvedPassword, newPassword: string): Promise<void> {
  const { api, ports, passwordHash } = core.options;
  const { account, secrets, bundle } = proved;
  const { accountId, email } = account;
  const stands = await readKeys(core, proved);
  const seed = ports.random(limits.kdfSeedBytes);
  const next = await deriveSecrets({ email, password: newPassword, suite: loginSuite, seed }, passwordHash);
  const passwordWrap = wrapAndReadBack(next.kek, accountId, bundle, ports.random);
  const unsettled: UnsettledPassword = { seed, passwordWrap, keysVersion: stands.version };
  await core.updateAccount(accountId, (stored) => ({
    // The one that is in force, as the server has just said.
    ...(proved.unsettled === null ? {} : { seed: proved.unsettled.seed, passwordWrap: proved.unsettled.passwordWrap }),
    keysVersion: stands.version,
    recoveryWrap: stands.recoveryWrap,
    // What expected an older key set can never happen any more.
    unsettled: [unsettled, ...stored.unsettled.filter((each) => each.keysVersion >= stands.version)].slice(
      0,
      maxUnsettled,
    ),
  }));
  let keysVersion: number;
  try {
    keysVersion = await api.changePassword({
      secret: secrets.authSecret,
      newSecret: next.authSecret,
      suite: loginSuite,
      seed,
      keys: { keyEpoch: stands.keyEpoch, passwordWrap, recoveryWrap: stands.recoveryWrap },
      keysVersion: stands.version,
    });
  } catch (error) {
    // Asked with the new secret: a lost answer, or a second delivery that found the first one's work.
    const found = await api.getKeys(next.authSecret).catch(() => null);
    if (found === null || !isSameBytes(found.passwordWrap, passwordWrap)) {
      const known = toSyncError(error);
      if (!isOutcomeUnknown(known)) await dropUnsettled(core, accountId, passwordWrap);
      throw known;
    }
    keysVersion = found.version;
  }
  await core.updateAccount(accountId, () => ({ seed, passwordWrap, keysVersion, unsettled: [] }));
}

/** The server has refused it: its password opens nothing. */
async function dropUnsettled(core: SessionCore, accountId: string, passwordWrap: Uint8Array): Promise<void> {
  await core.updateAccount(accountId, ({ unsettled }) => ({
    unsettled: unsettled.filter((each) => !isSameBytes(each.passwordWrap, passwordWrap)),
  }));
}

/** The key set that stands, proved with the old password. */
async function readKeys(core: SessionCore, { account, secrets }: ProvedPassword): Promise<StoredKeys> {
  try {
    const keys = await core.options.api.getKeys(secrets.authSecret);
    openKeys(keys, secrets.kek, account.accountId, account);
    return keys;
  } catch (error) {
    // It opens what this device has, and the server refuses it: an unsettled change decides which one is in force.
    if (!isSyncError(error, "INVALID_CREDENTIALS")) throw error;
    throw new SyncError("WRONG_PASSWORD", { message: "The password was changed; use the one that the server knows." });
  }
}
