import {
  currentKeyEpoch,
  exposeKeyBundle,
  type KeyBundle,
  keyBundleOf,
  Keyring,
  type PasswordHash,
} from "@owlivion/sync-crypto";
import type { Platform } from "@owlivion/sync-protocol";
import { SyncError } from "../errors.ts";
import { EventHub } from "../events/sync-event.ts";
import type { Ports } from "../ports.ts";
import { Mutex } from "../store/mutex.ts";
import type { Store } from "../store/store.ts";
import type { Api, DeviceIntroduction } from "../transport/api.ts";
import type { SignedIn, StoredKeys } from "../transport/replies.ts";
import { type Account, readAccount, readOrMakeDeviceId, sessionKeys, writeAccount } from "./account-row.ts";
import { assertNotErasing, eraseStore } from "./erase-store.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { sealText } from "./sealed-text.ts";
import { accountInfo, isSameState, type SessionState } from "./session-state.ts";
import { TokenKeeper } from "./token-keeper.ts";
import { newUuid } from "../uuid.ts";

export interface SessionHooks {
  /** Before the keys go: whoever uses them ends. May be called when nobody does. */
  readonly beforeLock?: () => Promise<void>;
  /** Before the keys and tokens go: seals what was not sent yet, and answers how many edits that is. */
  readonly beforeSignOut?: () => Promise<number>;
}

export interface SessionOptions {
  readonly store: Store;
  readonly api: Api;
  readonly ports: Ports;
  readonly passwordHash: PasswordHash;
  readonly platform: Platform;
  /** Whether the keys stay on the device, sealed, so that a restart needs no password. */
  readonly keepKeys: boolean;
  readonly hooks: SessionHooks;
}

/** What signing in gave, opened and checked. */
export interface Adopted {
  readonly reply: SignedIn;
  readonly keys: StoredKeys;
  readonly bundle: KeyBundle;
  readonly email: string;
  readonly suite: number;
  readonly seed: Uint8Array;
  readonly device: DeviceIntroduction;
}

/** The session's memory and its rows: the state, the keyring, and how they follow from what is stored. */
export class SessionCore {
  readonly options: SessionOptions;
  readonly tokens: TokenKeeper;
  readonly states = new EventHub<SessionState>();
  readonly #following = new Mutex();
  #deviceId: string | null = null;
  #state: SessionState = { kind: "signed-out" };
  /** Of the stored account when the keyring came: a greater one there means that another tab locked it. */
  #lockCount = 0;

  constructor(options: SessionOptions) {
    this.options = options;
    this.tokens = new TokenKeeper({
      store: options.store,
      ports: options.ports,
      api: () => options.api,
      // Not waited for: who waits for a token may be what a change of the state waits for.
      onChange: () => void this.changed().catch(() => {}),
    });
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Of the stored account when the keys came. */
  get lockCount(): number {
    return this.#lockCount;
  }

  get deviceId(): string {
    if (this.#deviceId === null) throw new SyncError("INTERNAL", { message: "The session was not resumed yet." });
    return this.#deviceId;
  }

  /** How this device introduces itself to the server. */
  introduce(
    input: { readonly deviceName?: string; readonly platform?: Platform },
    known: Account | null,
  ): DeviceIntroduction {
    const deviceName = input.deviceName ?? known?.deviceName ?? null;
    const platform = input.platform ?? known?.platform ?? this.options.platform;
    return { deviceId: this.deviceId, platform, ...(deviceName === null ? {} : { deviceName }) };
  }

  readAccount(): Promise<Account | null> {
    return this.options.store.read(["meta"], readAccount);
  }

  async requireAccount(): Promise<Account> {
    const account = await this.readAccount();
    if (account === null) throw new SyncError("NOT_SIGNED_IN");
    return account;
  }

  /** Changes the stored account, if it is still this one, and follows. */
  async updateAccount(accountId: string, change: (account: Account) => Partial<Account>): Promise<void> {
    await this.options.store.write(["meta"], async (tx) => {
      const account = await readAccount(tx);
      if (account?.accountId !== accountId) throw new SyncError("NOT_SIGNED_IN");
      await writeAccount(tx, { ...account, ...change(account) });
    });
    await this.changed();
  }

  /** Takes over what a sign-in gave: stored whole before it is used. */
  async adopt(adopted: Adopted): Promise<void> {
    const { store, keepKeys } = this.options;
    const { reply, keys, bundle } = adopted;
    const refreshToken = await sealText(store.protector, reply.tokens.refreshToken);
    const sealedKeys = keepKeys ? await sealBundle(store, bundle) : null;
    const lockCount = await store.write(["meta"], async (tx) => {
      await assertNotErasing(tx);
      const known = await readAccount(tx);
      if (known !== null && known.accountId !== reply.user.id) throw new SyncError("ACCOUNT_MISMATCH");
      const account: Account = {
        accountId: reply.user.id,
        email: adopted.email,
        deviceName: adopted.device.deviceName ?? null,
        platform: adopted.device.platform ?? "other",
        suite: adopted.suite,
        seed: adopted.seed,
        keyEpoch: keys.keyEpoch,
        keysVersion: keys.version,
        passwordWrap: keys.passwordWrap,
        recoveryWrap: keys.recoveryWrap,
        fingerprint: fingerprintOf(bundle, reply.user.id),
        refreshToken,
        endedBy: null,
        keys: sealedKeys,
        lockCount: known?.lockCount ?? 0,
        unsettled: [],
      };
      await writeAccount(tx, account);
      await tx.delete("meta", sessionKeys.pendingSignUp);
      return account.lockCount;
    });
    this.tokens.take(reply.tokens, reply.user.id);
    await this.useBundle(bundle, reply.user.id, lockCount);
  }

  /** From now on these keys are used. */
  async useBundle(bundle: KeyBundle, accountId: string, lockCount: number): Promise<void> {
    await this.#following.run(async () => {
      const account = await this.readAccount();
      if (account?.accountId !== accountId) throw new SyncError("NOT_SIGNED_IN");
      if (account.lockCount !== lockCount) return; // Locked meanwhile.
      const current = this.#state.kind === "unlocked" ? this.#state.keyring : null;
      const isSame = current?.accountId === accountId && current.keyEpoch === currentKeyEpoch(bundle);
      this.#lockCount = lockCount;
      await this.#follow(account, isSame ? current : new Keyring(bundle, accountId));
    });
    this.options.store.announce({ type: "state" });
  }

  /** Also when not everything can be erased nobody is signed in any more. */
  async erase(): Promise<void> {
    try {
      await eraseStore(this.options.store, this.options.ports.clock);
    } finally {
      await this.changed();
    }
  }

  /** The stored state was changed here: follow it, and tell other tabs. */
  async changed(): Promise<void> {
    await this.reload();
    this.options.store.announce({ type: "state" });
  }

  /** Makes the state what the store says; at the start, and when another tab changed it. */
  async reload(): Promise<void> {
    await this.#following.run(async () => {
      this.#deviceId ??= await this.#readDeviceId();
      const account = await this.readAccount();
      await this.#follow(account, account === null ? null : await this.#keyringOf(account));
    });
  }

  async #readDeviceId(): Promise<string> {
    const fresh = newUuid(this.options.ports.random);
    return await this.options.store.write(["meta"], (tx) => readOrMakeDeviceId(tx, fresh));
  }

  /** Forgets the keys in memory; the store keeps what it has. */
  async close(): Promise<void> {
    await this.#following.run(async () => {
      this.tokens.forget();
      if (this.#state.kind === "unlocked") this.#state.keyring.wipe();
      this.#state = { kind: "signed-out" };
    });
  }

  async #follow(account: Account | null, keyring: Keyring | null): Promise<void> {
    const before = this.#state;
    const after = this.#stateOf(account, keyring);
    if (before.kind === "unlocked" && keyring !== before.keyring) {
      await this.options.hooks.beforeLock?.();
      before.keyring.wipe();
    }
    this.#state = after;
    const isOther = before.kind !== "signed-out" && before.account.accountId !== account?.accountId;
    if (isOther || account === null || account.refreshToken === null) this.tokens.forget();
    if (isSameState(before, after)) return;
    this.states.emit(after);
  }

  #stateOf(account: Account | null, keyring: Keyring | null): SessionState {
    if (account === null) return { kind: "signed-out" };
    const info = accountInfo(account, this.deviceId);
    return keyring === null ? { kind: "locked", account: info } : { kind: "unlocked", account: info, keyring };
  }

  async #keyringOf(account: Account): Promise<Keyring | null> {
    const { store } = this.options;
    const current = this.#state.kind === "unlocked" ? this.#state.keyring : null;
    const isCurrent = current?.accountId === account.accountId && account.lockCount === this.#lockCount;
    if (isCurrent) return current;
    if (account.keys === null) return null;
    try {
      const bundle = keyBundleOf(await store.protector.unprotect(account.keys));
      if (fingerprintOf(bundle, account.accountId) !== account.fingerprint) return null;
      this.#lockCount = account.lockCount;
      return new Keyring(bundle, account.accountId);
    } catch {
      return null; // The platform's key is another: the password opens it.
    }
  }
}

export async function sealBundle(store: Store, bundle: KeyBundle): Promise<Uint8Array> {
  const plain = exposeKeyBundle(bundle);
  try {
    return await store.protector.protect(plain);
  } finally {
    plain.fill(0);
  }
}
