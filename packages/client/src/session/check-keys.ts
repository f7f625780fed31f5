import { currentKeyEpoch } from "@owlivion/sync-crypto";
import { SyncError } from "../errors.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { openKeys } from "./open-keys.ts";
import { provePassword } from "./prove-password.ts";
import type { SessionCore } from "./session-core.ts";

export interface KeysReport {
  /** The keys in memory are those that this device signed in with; null: locked. */
  readonly isOwnBundle: boolean | null;
  readonly deviceKeyEpoch: number;
  readonly deviceVersion: number;
  /** What only the password tells; null: it was not given. */
  readonly server: {
    readonly version: number;
    readonly keyEpoch: number;
    /** The server's wrap opens with the password, and holds this account's keys. */
    readonly opens: boolean;
  } | null;
}

/** Compares the keys in memory, those on the device and, with the password, those on the server. Changes nothing. */
export async function checkKeys(core: SessionCore, password?: string): Promise<KeysReport> {
  const account = await core.requireAccount();
  const { accountId, fingerprint, keyEpoch } = account;
  const { state } = core;
  const isOwnBundle =
    state.kind === "unlocked"
      ? fingerprintOf(state.keyring.bundle, accountId) === fingerprint &&
        currentKeyEpoch(state.keyring.bundle) === keyEpoch
      : null;
  const known = { isOwnBundle, deviceKeyEpoch: keyEpoch, deviceVersion: account.keysVersion };
  if (password === undefined) return { ...known, server: null };
  const { secrets } = await provePassword(core, account, password);
  const stored = await core.options.api.getKeys(secrets.authSecret);
  let opens = true;
  try {
    openKeys(stored, secrets.kek, accountId, { accountId, fingerprint, keyEpoch });
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    opens = false;
  }
  return { ...known, server: { version: stored.version, keyEpoch: stored.keyEpoch, opens } };
}
