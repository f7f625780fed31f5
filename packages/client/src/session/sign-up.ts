import { AuthSecret, createKeyBundle, type KeyBundle } from "@owlivion/sync-crypto";
import {
  createRecoveryKey,
  deriveRecoveryAuth,
  deriveRecoveryWrapKey,
  loginSuite,
  type LoginSecrets,
} from "@owlivion/sync-crypto/account";
import { limits, type Platform } from "@owlivion/sync-protocol";
import { SyncError, toSyncError } from "../errors.ts";
import type { SignedIn } from "../transport/replies.ts";
import { type PendingSignUp, readAccount, readPendingSignUp, sessionKeys, writePendingSignUp } from "./account-row.ts";
import { checkEmail } from "./check-email.ts";
import { checkNewPassword } from "./check-password.ts";
import { type ConfirmRecoveryKey, confirmRecoveryKey } from "./confirm-recovery-key.ts";
import { assertNotErasing } from "./erase-store.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { deriveSecrets, openSignedIn, tryUnwrap, wrapAndReadBack } from "./open-keys.ts";
import { isOutcomeUnknown } from "./outcome.ts";
import type { SessionCore } from "./session-core.ts";
import { newUuid } from "../uuid.ts";

export interface SignUpInput {
  readonly email: string;
  readonly password: string;
  readonly deviceName?: string;
  readonly platform?: Platform;
  /** Needed where registration is by invitation. */
  readonly invitation?: string;
  readonly confirmRecoveryKey: ConfirmRecoveryKey;
}

/** A sign-up that is ready to be sent. */
interface Prepared {
  readonly pending: PendingSignUp;
  readonly bundle: KeyBundle;
  readonly secrets: LoginSecrets;
  readonly recoveryAuth: AuthSecret;
}

/**
 * Makes an account. The recovery key is confirmed before anything is sent; the keys are in the store, wrapped, before the
 * request goes, so that a lost answer or a crash leaves nobody with an account whose keys are gone: the same call again goes
 * on with them, and signing in works too when the server has the account.
 */
export async function signUp(core: SessionCore, input: SignUpInput): Promise<void> {
  const email = checkEmail(input.email);
  checkNewPassword(input.password, email);
  const pending = await core.options.store.read(["meta"], async (tx) => {
    await assertNotErasing(tx);
    if ((await readAccount(tx)) !== null) throw new SyncError("ALREADY_SIGNED_IN");
    return await readPendingSignUp(tx);
  });
  const resumed = pending?.email === email ? await resume(core, pending, input.password) : null;
  const prepared = resumed ?? (await prepare(core, email, input));
  const reply = await register(core, prepared, input);
  const { bundle, keys } = openSignedIn(reply, prepared.secrets.kek, email, {
    accountId: prepared.pending.accountId,
    fingerprint: fingerprintOf(prepared.bundle, prepared.pending.accountId),
    keyEpoch: 1,
  });
  const { suite, seed } = prepared.pending;
  await core.adopt({ reply, keys, bundle, email, suite, seed, device: core.introduce(input, null) });
}

async function prepare(core: SessionCore, email: string, input: SignUpInput): Promise<Prepared> {
  const { store, ports, passwordHash } = core.options;
  const accountId = newUuid(ports.random);
  const bundle = createKeyBundle(ports.random);
  const recoveryKey = createRecoveryKey(ports.random);
  await confirmRecoveryKey(recoveryKey, input.confirmRecoveryKey, ports.random);
  const seed = ports.random(limits.kdfSeedBytes);
  const secrets = await deriveSecrets({ email, password: input.password, suite: loginSuite, seed }, passwordHash);
  const recoveryAuth = deriveRecoveryAuth(recoveryKey);
  const recoveryWrapKey = deriveRecoveryWrapKey(recoveryKey, accountId);
  const pending: PendingSignUp = {
    accountId,
    email,
    suite: loginSuite,
    seed,
    passwordWrap: wrapAndReadBack(secrets.kek, accountId, bundle, ports.random),
    recoveryWrap: wrapAndReadBack(recoveryWrapKey, accountId, bundle, ports.random),
    recoveryAuth: await store.protector.protect(recoveryAuth.exposeSecretBytes()),
  };
  await store.write(["meta"], (tx) => writePendingSignUp(tx, pending));
  return { pending, bundle, secrets, recoveryAuth };
}

/** A sign-up whose outcome was never known, with the same password; null: it cannot be gone on with. */
async function resume(core: SessionCore, pending: PendingSignUp, password: string): Promise<Prepared | null> {
  const { store, passwordHash } = core.options;
  const { email, suite, seed, accountId } = pending;
  const secrets = await deriveSecrets({ email, password, suite, seed }, passwordHash);
  const bundle = tryUnwrap(secrets.kek, accountId, pending.passwordWrap);
  if (bundle === null) return null;
  try {
    const recoveryAuth = new AuthSecret(await store.protector.unprotect(pending.recoveryAuth));
    return { pending, bundle, secrets, recoveryAuth };
  } catch {
    return null; // The platform's key is another one: a new recovery key is shown.
  }
}

async function register(core: SessionCore, prepared: Prepared, input: SignUpInput): Promise<SignedIn> {
  const { api } = core.options;
  const { pending, secrets, recoveryAuth } = prepared;
  const device = core.introduce(input, null);
  const { accountId, email, suite, seed, passwordWrap, recoveryWrap } = pending;
  try {
    return await api.register({
      ...device,
      email,
      secret: secrets.authSecret,
      ...(input.invitation === undefined ? {} : { invitation: input.invitation }),
      accountId,
      suite,
      seed,
      keys: { keyEpoch: 1, passwordWrap, recoveryWrap },
      recoveryAuth,
    });
  } catch (error) {
    const known = toSyncError(error);
    // Ours, made by a request whose answer was lost; or somebody else's.
    const isThere = known.code === "EMAIL_EXISTS" || known.code === "ACCOUNT_ID_EXISTS";
    if (isThere || isOutcomeUnknown(known)) {
      const reply = await api.login({ ...device, email, secret: secrets.authSecret }).catch(() => null);
      if (reply?.user.id === accountId) return reply;
    }
    // Somebody else's. Any other refusal, such as a missing invitation, may pass: the keys stay for the next attempt.
    if (isThere) await core.options.store.write(["meta"], (tx) => tx.delete("meta", sessionKeys.pendingSignUp));
    throw known;
  }
}
