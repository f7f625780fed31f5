import type { Platform, StoredKeySet } from "@owlivion/sync-protocol";

export interface Account {
  readonly userId: string;
  readonly email: string;
  readonly kind: "plain" | "sealed";
  readonly secretHash: string;
  readonly recoveryHash: string | null;
  readonly authSuite: number | null;
  readonly kdfSeed: Buffer | null;
  readonly encryptionSalt: string | null;
  readonly keysVersion: number;
  readonly isDisabled: boolean;
}

export interface LockedUser {
  readonly kind: "plain" | "sealed";
  readonly secretHash: string;
  readonly keysVersion: number;
  readonly keyEpoch: number;
  readonly isDisabled: boolean;
}

/** A key set as it is stored: wrapped bytes that the server cannot open. */
export interface KeySetBytes {
  readonly keyEpoch: number;
  readonly passwordWrap: Buffer;
  readonly recoveryWrap: Buffer;
}

export interface NewAccount {
  readonly secretHash: string;
  readonly recoveryHash: string | null;
  /** Null: a plain account. */
  readonly sealing: { readonly authSuite: number; readonly kdfSeed: Buffer; readonly keys: KeySetBytes } | null;
}

/** What is null stays as it is. */
export interface NewSecrets {
  readonly secretHash: string;
  readonly authSuite: number | null;
  readonly kdfSeed: Buffer | null;
  readonly recoveryHash: string | null;
}

export interface TokenOwner {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
}

export interface TokenRow extends TokenOwner {
  readonly expiresAtMs: number;
  /** When its successor was issued. */
  readonly consumedAtMs: number | null;
  readonly isSuccessorUnused: boolean;
  readonly isDeviceRevoked: boolean;
}

/** How a device introduces itself, its id in lower case. */
export interface DeviceIntroduction {
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly platform: Platform | null;
}

export interface DeviceRow {
  id: string;
  device_id: string;
  device_name: string | null;
  platform: string;
  last_sync_at: string | null;
  last_seen_at: string | null;
  created_at: string;
  is_active: boolean;
}

export interface LiveSession {
  readonly kind: "plain" | "sealed";
  readonly keyEpoch: number;
  readonly incarnation: string;
}

/** How wrong secrets are counted. */
export interface GuessRules {
  readonly freeGuesses: number;
  readonly windowSeconds: number;
  /** After `freeGuesses` wrong ones, and one more, and so on; the last for all that follow. */
  readonly delaysSeconds: readonly number[];
}

/** What may be read in a transaction and outside. */
export interface AccountReads {
  /** By the normalised address. */
  findAccountByEmail(email: string): Promise<Account | null>;
  findAccount(userId: string): Promise<Account | null>;
  /** The current set; null for a plain account. */
  findKeys(userId: string): Promise<{ keys: StoredKeySet; updatedAt: string } | null>;
  forgetFailures(subjects: readonly Buffer[]): Promise<void>;
}

export interface AccountTransaction extends AccountReads {
  /** First statement of what begins, renews or ends a session or changes a secret or keys (db/lock-user.ts). */
  lockUser(userId: string): Promise<LockedUser | null>;
  /** False when the address or the id is taken. */
  insertUser(userId: string, email: string, account: NewAccount): Promise<boolean>;
  isEmailTaken(email: string): Promise<boolean>;
  updateSecrets(userId: string, secrets: NewSecrets): Promise<void>;
  updateRecoveryHash(userId: string, recoveryHash: string): Promise<void>;
  /** Locks an invitation that is good for this address; false when there is none. */
  claimInvitation(hash: Buffer, email: string, nowMs: number): Promise<boolean>;
  useInvitation(hash: Buffer, userId: string, nowMs: number): Promise<void>;

  insertKeys(userId: string, version: number, keys: KeySetBytes): Promise<void>;
  markKeysReplaced(userId: string, version: number): Promise<void>;
  deleteOldKeys(userId: string, upTo: number): Promise<void>;
  updateKeysVersion(userId: string, version: number, keyEpoch: number): Promise<void>;

  countOtherActiveDevices(userId: string, deviceId: string): Promise<number>;
  upsertDevice(userId: string, device: DeviceIntroduction, nowMs: number): Promise<void>;
  /** False when there is no such device. */
  markDeviceRevoked(userId: string, deviceId: string): Promise<boolean>;

  insertToken(owner: TokenOwner, hash: Buffer, nowMs: number): Promise<void>;
  consumeToken(owner: TokenOwner, hash: Buffer, nowMs: number): Promise<void>;
  findTokenUser(hash: Buffer): Promise<string | null>;
  findToken(userId: string, hash: Buffer, successorHash: Buffer): Promise<TokenRow | null>;
  endSession(userId: string, sessionId: string): Promise<void>;
  endSessionsOfDevice(userId: string, deviceId: string): Promise<void>;
  endAllSessions(userId: string): Promise<void>;
  /** Answers those that ended. */
  endOtherSessions(userId: string, keep: string): Promise<string[]>;
  endOldestSessions(userId: string, deviceId: string, keep: number): Promise<void>;
}

/** Accounts, devices, sessions and wrapped keys. PostgreSQL in the product; in memory in the simulation. */
export interface AccountStore extends AccountReads {
  /** READ COMMITTED; what `work` throws rolls it back. */
  transaction<T>(work: (tx: AccountTransaction) => Promise<T>): Promise<T>;
  /** The account is enabled, the device not revoked, the session not ended. */
  findLiveSession(claims: TokenOwner): Promise<LiveSession | null>;
  /** Counts an attempt; false while the subject is locked. */
  countFailure(subject: Buffer, nowMs: number, rules: GuessRules): Promise<boolean>;
  /** Milliseconds since 1970. */
  findLockedUntil(subject: Buffer): Promise<number>;
  /** Null when there is one already. */
  setSaltOnce(userId: string, salt: string): Promise<string | null>;
  findSalt(userId: string): Promise<string | null>;
  listDevices(userId: string): Promise<DeviceRow[]>;
}
