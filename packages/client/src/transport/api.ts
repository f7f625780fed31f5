import type { AuthSecret } from "@owlivion/sync-crypto";
import type { Platform } from "@owlivion/sync-protocol";
import type {
  CollectionStatus,
  HistoryPage,
  Page,
  PushReply,
  RecoveryStarted,
  RemoteDevice,
  ServerConfig,
  ServerEvent,
  SignedIn,
  StoredKeys,
  Tokens,
} from "./replies.ts";

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** How a device introduces itself. */
export interface DeviceIntroduction {
  readonly deviceId: string;
  readonly deviceName?: string;
  readonly platform?: Platform;
}

export interface NewKeys {
  readonly keyEpoch: number;
  readonly passwordWrap: Uint8Array;
  readonly recoveryWrap: Uint8Array;
}

export interface RegisterInput extends DeviceIntroduction {
  readonly email: string;
  readonly secret: AuthSecret;
  readonly invitation?: string;
  readonly accountId: string;
  readonly suite: number;
  readonly seed: Uint8Array;
  readonly keys: NewKeys;
  readonly recoveryAuth: AuthSecret;
}

export interface LoginInput extends DeviceIntroduction {
  readonly email: string;
  readonly secret: AuthSecret;
}

/** A new secret with what belongs to it; all of it changes at once, if the key set still has `keysVersion`. */
export interface NewSecret {
  readonly newSecret: AuthSecret;
  readonly suite: number;
  readonly seed: Uint8Array;
  readonly keys: NewKeys;
  readonly keysVersion: number;
}

export interface ChangePasswordInput extends NewSecret {
  readonly secret: AuthSecret;
  readonly recoveryAuth?: AuthSecret;
}

export interface RecoverInput extends NewSecret, DeviceIntroduction {
  readonly recoveryToken: string;
  readonly recoveryAuth: AuthSecret;
}

export interface PutKeysInput {
  readonly secret: AuthSecret;
  readonly version: number;
  readonly keys: NewKeys;
  /** When the recovery key is a new one. */
  readonly recoveryAuth?: AuthSecret;
}

export interface PullInput {
  readonly dataType: string;
  readonly cursor: string | "initial";
  /** With `initial`: every tombstone still kept, for a device that has records already. */
  readonly tombstones?: boolean;
  /** 1 to 1000, which is what it is when absent. */
  readonly limit?: number;
}

/** The first page of the past needs `asOf` (a version, or RFC 3339); the next ones the cursor alone. */
export type PullAsOfInput = { readonly dataType: string; readonly limit?: number } & (
  { readonly asOf: number | string } | { readonly cursor: string }
);

export interface PushInput {
  readonly dataType: string;
  /** The request's exact bytes, CBOR: what is sent again is what was sent. */
  readonly body: Uint8Array;
  readonly idempotencyKey: string;
  /** Of the changes in the body, in their order: the reply is held to them. */
  readonly recordIds: readonly string[];
}

export interface PutProofInput {
  readonly dataType: string;
  readonly epoch: string;
  readonly version: number;
  readonly proof: Uint8Array;
}

export interface HistoryInput {
  readonly dataType: string;
  readonly recordId: string;
  readonly before?: number;
  readonly limit?: number;
}

/** What needs no session. */
export interface AnonymousApi {
  config(options?: CallOptions): Promise<ServerConfig>;
  prelogin(email: string, options?: CallOptions): Promise<{ readonly suite: number; readonly seed: Uint8Array }>;
  register(input: RegisterInput, options?: CallOptions): Promise<SignedIn>;
  login(input: LoginInput, options?: CallOptions): Promise<SignedIn>;
  refresh(refreshToken: string, options?: CallOptions): Promise<Tokens>;
  /** Ends the session of this access token, which need not be the current one. */
  logout(accessToken: string, options?: CallOptions): Promise<void>;
  recoverStart(
    input: { readonly email: string; readonly recoveryAuth: AuthSecret },
    options?: CallOptions,
  ): Promise<RecoveryStarted>;
  recover(input: RecoverInput, options?: CallOptions): Promise<SignedIn>;
}

/**
 * Every route that a client uses. Replies are checked; failures are `SyncError`s, and those of class `retry` may be sent
 * again as they are. An expired access token is refreshed once on the way.
 */
export interface Api extends AnonymousApi {
  /** Answers the new version of the key set. */
  changePassword(input: ChangePasswordInput, options?: CallOptions): Promise<number>;
  getKeys(secret: AuthSecret, options?: CallOptions): Promise<StoredKeys>;
  /** Answers the new version of the key set. */
  putKeys(input: PutKeysInput, options?: CallOptions): Promise<number>;
  /** By data type; null where nothing was ever stored. */
  status(options?: CallOptions): Promise<ReadonlyMap<string, CollectionStatus | null>>;
  /**
   * EPOCH_CHANGED has `details` of the type `EpochChange`: see `epochChangeOf`.
   */
  pullPage(input: PullInput, options?: CallOptions): Promise<Page>;
  pullAsOf(input: PullAsOfInput, options?: CallOptions): Promise<Page>;
  push(input: PushInput, options?: CallOptions): Promise<PushReply>;
  putProof(input: PutProofInput, options?: CallOptions): Promise<void>;
  recordHistory(input: HistoryInput, options?: CallOptions): Promise<HistoryPage>;
  devices(options?: CallOptions): Promise<readonly RemoteDevice[]>;
  revokeDevice(deviceId: string, secret: AuthSecret, options?: CallOptions): Promise<void>;
  /** The lines of the export, the last one of the type `end`; INVALID_REPLY when that does not come. */
  exportAccount(secret: AuthSecret, options?: CallOptions): AsyncIterable<Readonly<Record<string, unknown>>>;
  deleteAccount(secret: AuthSecret, options?: CallOptions): Promise<void>;
  /** Ends when the server ends it (an expired token, a restart); connect again then. Throws TIMEOUT after a minute of silence. */
  openEvents(options?: CallOptions): AsyncIterable<ServerEvent>;
}
