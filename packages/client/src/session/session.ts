import type { Keyring, PasswordHash } from "@owlivion/sync-crypto";
import type { Platform } from "@owlivion/sync-protocol";
import { SyncError } from "../errors.ts";
import { lazyModule } from "../lazy-module.ts";
import type { Ports } from "../ports.ts";
import { Mutex } from "../store/mutex.ts";
import type { Store } from "../store/store.ts";
import type { Api } from "../transport/api.ts";
import type { RemoteDevice } from "../transport/replies.ts";
import type { TokenSource } from "../transport/token-source.ts";
import type { ChangePasswordInput } from "./change-password.ts";
import type { KeysReport } from "./check-keys.ts";
import { finishErasing } from "./erase-store.ts";
import { lazyArgon2id } from "./lazy-argon2id.ts";
import { lock } from "./lock.ts";
import type { NewRecoveryKeyInput } from "./new-recovery-key.ts";
import type { RebuildAccountInput } from "./rebuild-account.ts";
import type { RecoverInput } from "./recovery.ts";
import { SessionCore, type SessionHooks } from "./session-core.ts";
import type { SessionState } from "./session-state.ts";
import type { SignInInput } from "./sign-in.ts";
import { type SignedOut, signOut, type SignOutInput } from "./sign-out.ts";
import type { SignUpInput } from "./sign-up.ts";

export interface CreateSessionOptions {
  readonly store: Store;
  readonly api: Api;
  readonly ports: Ports;
  /** Argon2id of suite 1, loaded when a password is first asked for; only tests pass another. */
  readonly passwordHash?: PasswordHash;
  readonly platform?: Platform;
  /** Whether a restart finds the keys, sealed by the platform; true when absent. */
  readonly keepKeys?: boolean;
  readonly hooks?: SessionHooks;
}

/** Who uses this device: the account, its keys and its tokens. Every failure is a `SyncError`. */
export interface Session extends TokenSource {
  readonly state: SessionState;
  onState(listener: (state: SessionState) => void): () => void;
  /** Throws NOT_SIGNED_IN or LOCKED. */
  keyring(): Keyring;
  /** Of the account when the keys came. */
  readonly lockCount: number;
  /** Made once for each store, never again. */
  readonly deviceId: string;
  /** Reads what the store holds; before anything else. */
  resume(): Promise<void>;
  signUp(input: SignUpInput): Promise<void>;
  signIn(input: SignInInput): Promise<void>;
  signOut(input?: SignOutInput): Promise<SignedOut>;
  lock(): Promise<void>;
  unlock(input: { readonly password: string }): Promise<void>;
  changePassword(input: ChangePasswordInput): Promise<void>;
  newRecoveryKey(input: NewRecoveryKeyInput): Promise<void>;
  recover(input: RecoverInput): Promise<void>;
  rebuildAccount(input: RebuildAccountInput): Promise<void>;
  devices(): Promise<readonly RemoteDevice[]>;
  revokeDevice(deviceId: string, input: { readonly password: string }): Promise<void>;
  exportAccount(input: { readonly password: string }): AsyncIterable<Readonly<Record<string, unknown>>>;
  deleteAccount(input: { readonly password: string }): Promise<void>;
  checkKeys(password?: string): Promise<KeysReport>;
  /** Listens to other tabs no more, and forgets the keys in memory. */
  close(): Promise<void>;
}

const passwordCalls = lazyModule(() => import("./password-calls.ts"));
type PasswordCalls = Awaited<ReturnType<typeof passwordCalls>>;

export function createSession(options: CreateSessionOptions): Session {
  const { passwordHash = lazyArgon2id, platform = "other", keepKeys = true, hooks = {} } = options;
  const { store, api, ports } = options;
  const core = new SessionCore({ store, api, ports, passwordHash, platform, keepKeys, hooks });
  // One change of the session at a time: two clicks do not sign up twice.
  const turn = new Mutex();
  const unlisten = store.onMessage(({ type }) => {
    if (type === "state" || type === "unknown") core.reload().catch(() => {});
  });
  const inTurn = <T>(run: (calls: PasswordCalls) => Promise<T>): Promise<T> =>
    turn.run(async () => await run(await passwordCalls()));
  /** Of a session: nothing may be left of the one before. */
  const begin = <T>(run: (calls: PasswordCalls) => Promise<T>): Promise<T> =>
    inTurn(async (calls) => {
      await finishErasing(store, ports.clock);
      return await run(calls);
    });

  return {
    get state() {
      return core.state;
    },
    get lockCount() {
      return core.lockCount;
    },
    get deviceId() {
      return core.deviceId;
    },
    onState: (listener) => core.states.on(listener),
    keyring() {
      if (core.state.kind === "unlocked") return core.state.keyring;
      throw new SyncError(core.state.kind === "locked" ? "LOCKED" : "NOT_SIGNED_IN");
    },
    accessToken: (refused) => core.tokens.accessToken(refused),
    sessionEnded: (token, error) => core.tokens.sessionEnded(token, error),
    resume: () =>
      turn.run(async () => {
        await finishErasing(store, ports.clock);
        await core.reload();
      }),
    signUp: (input) => begin(({ signUp }) => signUp(core, input)),
    signIn: (input) => begin(({ signIn }) => signIn(core, input)),
    signOut: (input = {}) => turn.run(() => signOut(core, input)),
    lock: () => lock(core), // at once, whatever else is going on
    unlock: ({ password }) => inTurn(({ unlock }) => unlock(core, password)),
    changePassword: (input) => inTurn(({ changePassword }) => changePassword(core, input)),
    newRecoveryKey: (input) => inTurn(({ newRecoveryKey }) => newRecoveryKey(core, input)),
    recover: (input) => begin(({ recover }) => recover(core, input)),
    rebuildAccount: (input) => inTurn(({ rebuildAccount }) => rebuildAccount(core, input)),
    devices: () => api.devices(),
    revokeDevice: async (deviceId, { password }) => {
      const { provePassword, settlePassword } = await passwordCalls();
      const proved = await provePassword(core, await core.requireAccount(), password);
      await api.revokeDevice(deviceId, proved.secrets.authSecret);
      await settlePassword(core, proved);
    },
    async *exportAccount({ password }) {
      const { provePassword } = await passwordCalls();
      const proved = await provePassword(core, await core.requireAccount(), password);
      yield* api.exportAccount(proved.secrets.authSecret);
    },
    deleteAccount: ({ password }) => inTurn(({ deleteAccount }) => deleteAccount(core, password)),
    checkKeys: async (password) => await (await passwordCalls()).checkKeys(core, password),
    async close() {
      unlisten();
      await core.close();
    },
  };
}
