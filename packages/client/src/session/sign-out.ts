import type { Account } from "./account-row.ts";
import { finishErasing } from "./erase-store.ts";
import type { SessionCore } from "./session-core.ts";

export interface SignOutInput {
  /** Erases also what was not sent yet. */
  readonly force?: boolean;
}

export interface SignedOut {
  /** Edits that were never sent. Unless they were forced away, the store keeps them, locked, for the same account. */
  readonly unsentEdits: number;
}

/** The server is told if it answers soon; the person does not wait longer for it. */
const logoutMs = 5_000;

/** Forgets keys, tokens and, when nothing waits to be sent, everything else. */
export async function signOut(core: SessionCore, { force = false }: SignOutInput): Promise<SignedOut> {
  const { store, api, ports, hooks } = core.options;
  const account = await core.readAccount();
  if (account === null) {
    await finishErasing(store, ports.clock);
    return { unsentEdits: 0 };
  }
  await hooks.beforeLock?.();
  const ending = new AbortController();
  const timer = ports.clock.schedule(logoutMs, () => ending.abort());
  try {
    const token = account.refreshToken === null ? null : await orNull(core.tokens.accessToken(), ending.signal);
    // Nobody opens meanwhile what is sealed here.
    const unsentEdits = (await store.exclusively("sign-out", async () => await forget(core, account, force))) ?? 0;
    // Last: a crash before leaves nobody signed out at the server with everything still on the device.
    if (token !== null) await orNull(api.logout(token, { signal: ending.signal }), ending.signal);
    return { unsentEdits };
  } finally {
    timer.cancel();
  }
}

/** Answers how many edits were never sent. */
async function forget(core: SessionCore, account: Account, force: boolean): Promise<number> {
  const unsentEdits = await sealUnsent(core, force);
  if (unsentEdits > 0 && !force) {
    await core.updateAccount(account.accountId, ({ lockCount }) => ({
      keys: null,
      refreshToken: null,
      endedBy: "NOT_SIGNED_IN",
      lockCount: lockCount + 1,
    }));
  } else await core.erase();
  return unsentEdits;
}

async function sealUnsent({ options }: SessionCore, force: boolean): Promise<number> {
  try {
    return (await options.hooks.beforeSignOut?.()) ?? 0;
  } catch (error) {
    // Without the keys nothing can be sealed, and what is forced away need not be.
    if (!force) throw error;
    return 0;
  }
}

/** Null when it fails, or has not come when the signal aborts. */
function orNull<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  if (signal.aborted) resolve(null);
  signal.addEventListener("abort", () => resolve(null));
  return Promise.race([work.catch(() => null), promise]);
}
