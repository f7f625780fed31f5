import { loginSuite } from "@owlivion/sync-crypto/account";
import type { Platform } from "@owlivion/sync-protocol";
import { SyncError } from "../errors.ts";
import type { SignedIn } from "../transport/replies.ts";
import { readAccount } from "./account-row.ts";
import { checkEmail } from "./check-email.ts";
import { assertNotErasing } from "./erase-store.ts";
import { deriveSecrets, openSignedIn } from "./open-keys.ts";
import type { SessionCore } from "./session-core.ts";

export interface SignInInput {
  readonly email: string;
  readonly password: string;
  readonly deviceName?: string;
  readonly platform?: Platform;
}

/**
 * Signs in, also again: after the server ended the session, or with a password that was changed on another device. The suite
 * is refused before anything is derived. The seed may be another than the pinned one, because a password change makes a new
 * one; it is taken over only with keys that prove to be the account's own. A wrong password ends here, before any sync.
 */
export async function signIn(core: SessionCore, input: SignInInput): Promise<void> {
  const { store, api, passwordHash } = core.options;
  const email = checkEmail(input.email);
  const known = await store.read(["meta"], async (tx) => {
    await assertNotErasing(tx);
    return await readAccount(tx);
  });
  if (known !== null && known.email !== email) throw new SyncError("ACCOUNT_MISMATCH");
  if (known?.refreshToken != null && core.state.kind === "unlocked") throw new SyncError("ALREADY_SIGNED_IN");

  const { suite, seed } = await api.prelogin(email);
  if (suite !== loginSuite || (known !== null && suite !== known.suite)) throw new SyncError("UNKNOWN_SUITE");
  const secrets = await deriveSecrets({ email, password: input.password, suite, seed }, passwordHash);
  const device = core.introduce(input, known);
  const reply = await api.login({ ...device, email, secret: secrets.authSecret });
  const opened = await discardUnless(core, reply, () => openSignedIn(reply, secrets.kek, email, known));
  await core.adopt({ ...opened, reply, email, suite, seed, device });
}

/** What a sign-in gave is not used: its session ends at the server too, if that can be reached. */
export async function discardUnless<T>(core: SessionCore, reply: SignedIn, open: () => T): Promise<T> {
  try {
    return open();
  } catch (error) {
    await core.options.api.logout(reply.tokens.accessToken).catch(() => {});
    throw error;
  }
}
