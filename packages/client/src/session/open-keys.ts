import {
  currentKeyEpoch,
  isCryptoError,
  type KeyBundle,
  type PasswordHash,
  type RandomBytes,
} from "@owlivion/sync-crypto";
import {
  deriveLogin,
  type LoginSecrets,
  unwrapKeyBundle,
  wrapKeyBundle,
  type WrappingKey,
} from "@owlivion/sync-crypto/account";
import { normalizeEmail } from "@owlivion/sync-protocol";
import { isSyncError, SyncError } from "../errors.ts";
import type { SignedIn, StoredKeys } from "../transport/replies.ts";
import { fingerprintOf } from "./fingerprint.ts";

/** Derives from a password. WRONG_PASSWORD for what no password can be, UNKNOWN_SUITE before anything is derived. */
export async function deriveSecrets(
  input: { readonly email: string; readonly password: string; readonly suite: number; readonly seed: Uint8Array },
  passwordHash: PasswordHash,
): Promise<LoginSecrets> {
  try {
    return await deriveLogin(input, passwordHash);
  } catch (error) {
    if (isSyncError(error)) throw error; // Argon2 could not be fetched.
    if (!isCryptoError(error)) {
      throw new SyncError("INTERNAL", {
        message: "This device cannot hash the password: it needs 64 MiB.",
        cause: error,
      });
    }
    throw new SyncError(error.code === "UNKNOWN_SUITE" ? "UNKNOWN_SUITE" : "WRONG_PASSWORD");
  }
}

/** Wraps, and opens what it made before anybody relies on it. */
export function wrapAndReadBack(
  key: WrappingKey,
  accountId: string,
  bundle: KeyBundle,
  random: RandomBytes,
): Uint8Array {
  const wrap = wrapKeyBundle(key, accountId, bundle, random);
  if (fingerprintOf(unwrapKeyBundle(key, accountId, wrap), accountId) !== fingerprintOf(bundle, accountId)) {
    throw new SyncError("INTERNAL", { message: "The keys could not be wrapped." });
  }
  return wrap;
}

/** Null when the wrap was made with another secret or for another account; KEYS_TAMPERED when it is none. */
export function tryUnwrap(key: WrappingKey, accountId: string, wrap: Uint8Array): KeyBundle | null {
  try {
    return unwrapKeyBundle(key, accountId, wrap);
  } catch (error) {
    if (isCryptoError(error) && error.code === "WRONG_KEY") return null;
    throw new SyncError("KEYS_TAMPERED");
  }
}

/** What is known of an account before the server answers for it. */
export interface ExpectedAccount {
  readonly accountId: string;
  readonly fingerprint: string;
  readonly keyEpoch: number;
}

/**
 * Opens the keys of a key set. Whatever the server sends instead of the right ones, nothing of it is taken over: another
 * account's wrap and a wrong password are WRONG_PASSWORD (the commitment), anything else KEYS_TAMPERED.
 */
export function openKeys(
  keys: StoredKeys,
  key: WrappingKey,
  accountId: string,
  expected: ExpectedAccount | null,
): KeyBundle {
  const wrap = key.kind === "KeyEncryptionKey" ? keys.passwordWrap : keys.recoveryWrap;
  const bundle = tryUnwrap(key, accountId, wrap);
  if (bundle === null) throw new SyncError(key.kind === "KeyEncryptionKey" ? "WRONG_PASSWORD" : "WRONG_RECOVERY_KEY");
  const isExpected =
    expected === null ||
    (fingerprintOf(bundle, accountId) === expected.fingerprint && currentKeyEpoch(bundle) >= expected.keyEpoch);
  if (!isExpected || currentKeyEpoch(bundle) !== keys.keyEpoch) throw new SyncError("KEYS_TAMPERED");
  return bundle;
}

/** The same for a reply that signs in: it must be a sealed account, of this address, and the one this device belongs to. */
export function openSignedIn(
  reply: SignedIn,
  key: WrappingKey,
  email: string,
  expected: ExpectedAccount | null,
): { readonly bundle: KeyBundle; readonly keys: StoredKeys } {
  if (reply.keys === null) {
    throw new SyncError("PLAIN_ACCOUNT", {
      message:
        "This account was made by a client that sends the password itself, and cannot hold keys. Make a new account with " +
        "another address, move the records there, then erase this one.",
    });
  }
  if (expected !== null && reply.user.id !== expected.accountId) throw new SyncError("ACCOUNT_CHANGED");
  if (normalizeEmail(reply.user.email) !== email) throw new SyncError("ACCOUNT_CHANGED");
  return { keys: reply.keys, bundle: openKeys(reply.keys, key, reply.user.id, expected) };
}
