import { formatInstant } from "@owlivion/sync-protocol";
import type { MemoryConnection } from "../memory/memory-connection.ts";
import type { MemoryTransaction } from "../memory/memory-transaction.ts";
import type {
  Account,
  AccountReads,
  AccountStore,
  AccountTransaction,
  DeviceRow,
  GuessRules,
  LiveSession,
  TokenOwner,
} from "./account-store.ts";
import { countFailure } from "./memory-failures.ts";
import {
  type AccountTables,
  type DeviceEntry,
  everybody,
  type TokenEntry,
  type UserEntry,
} from "./memory-account-rows.ts";
import { refreshTokenDays } from "./refresh-token-rows.ts";

const dayMs = 86_400_000;
const keptKeysMs = 30 * dayMs;

/** Accounts on a memory database: statement by statement what `postgres-account-store` does. */
export class MemoryAccountStore implements AccountStore {
  readonly #db: MemoryConnection;
  readonly #tables: AccountTables;

  constructor(db: MemoryConnection, tables: AccountTables) {
    this.#db = db;
    this.#tables = tables;
  }

  transaction<T>(work: (tx: AccountTransaction) => Promise<T>): Promise<T> {
    return this.#db.transaction((tx) => work(new Transaction(this.#db, this.#tables, tx)));
  }

  findAccountByEmail(email: string): Promise<Account | null> {
    return this.#read("find_account", (reads) => reads.accountByEmail(email));
  }

  findAccount(userId: string): Promise<Account | null> {
    return this.#read("find_account", (reads) => reads.account(userId));
  }

  findKeys(userId: string): ReturnType<AccountReads["findKeys"]> {
    return this.#read("find_keys", (reads) => reads.keys(userId));
  }

  forgetFailures(subjects: readonly Buffer[]): Promise<void> {
    return this.#read("forget_failures", (reads) => reads.forget(subjects));
  }

  findLiveSession({ userId, deviceId, sessionId }: TokenOwner): Promise<LiveSession | null> {
    return this.#read("find_live_session", (reads) => {
      const user = reads.user(userId);
      const device = reads.device(userId, deviceId);
      if (user === undefined || user.disabledAt !== null || device === undefined || device.revokedAt !== null) {
        return null;
      }
      const isLive = reads.tokens(userId).some((token) => token.sessionId === sessionId && token.deviceId === deviceId);
      return isLive ? { kind: user.kind, keyEpoch: user.keyEpoch, incarnation: user.incarnation } : null;
    });
  }

  countFailure(subject: Buffer, nowMs: number, rules: GuessRules): Promise<boolean> {
    const key = subject.toString("hex");
    return this.#db.statement("count_failure", (tx) => {
      const counted = countFailure(this.#tables.failures.get(everybody, key), nowMs, rules);
      if (counted !== null) tx.put(this.#tables.failures, everybody, key, counted);
      return counted !== null;
    });
  }

  findLockedUntil(subject: Buffer): Promise<number> {
    return this.#db.statement(
      "find_locked_until",
      () => this.#tables.failures.get(everybody, subject.toString("hex"))?.lockedUntilMs ?? 0,
    );
  }

  setSaltOnce(userId: string, salt: string): Promise<string | null> {
    return this.#db.statement(
      "set_salt",
      (tx) => {
        const user = this.#tables.users.get(everybody, userId);
        if (user === undefined || user.encryptionSalt !== null) return null;
        tx.put(this.#tables.users, everybody, userId, { ...user, encryptionSalt: salt });
        return salt;
      },
      { lock: lockOf(userId) },
    );
  }

  findSalt(userId: string): Promise<string | null> {
    return this.#read("find_salt", (reads) => reads.user(userId)?.encryptionSalt ?? null);
  }

  listDevices(userId: string): Promise<DeviceRow[]> {
    return this.#read("list_devices", (reads) => reads.devices(userId).toSorted(byAge).map(toDeviceRow));
  }

  isActive(userId: string): boolean {
    return this.#tables.users.get(everybody, userId)?.disabledAt === null;
  }

  /** For the operator. */
  setDisabled(userId: string, isDisabled: boolean): Promise<void> {
    return this.#db.statement(
      "set_disabled",
      (tx) => {
        const user = this.#tables.users.get(everybody, userId);
        if (user === undefined) return;
        const disabledAt = isDisabled ? (user.disabledAt ?? this.#nowMs()) : null;
        tx.put(this.#tables.users, everybody, userId, { ...user, disabledAt });
        if (isDisabled) for (const token of this.#tables.tokens.rows(userId)) deleteToken(tx, this.#tables, token);
      },
      { lock: lockOf(userId) },
    );
  }

  /** Retention, as retention/purge-statements.ts. */
  sweep(): Promise<void> {
    return this.#db.statement("sweep_accounts", (tx) => {
      const now = this.#nowMs();
      for (const userId of this.#tables.tokens.partitions()) {
        for (const token of this.#tables.tokens.rows(userId)) {
          if (token.expiresAtMs < now) deleteToken(tx, this.#tables, token);
        }
      }
      for (const userId of this.#tables.keys.partitions()) {
        for (const keys of this.#tables.keys.rows(userId)) {
          if (keys.replacedAtMs === null || keys.replacedAtMs >= now - keptKeysMs) continue;
          tx.put(this.#tables.keys, userId, keys.version, undefined);
        }
      }
      for (const [subject, failure] of this.#tables.failures.entries(everybody)) {
        const isLocked = failure.lockedUntilMs !== null && failure.lockedUntilMs >= now - dayMs;
        if (failure.windowBeganAtMs >= now - dayMs || isLocked) continue;
        tx.put(this.#tables.failures, everybody, subject, undefined);
      }
    });
  }

  #nowMs(): number {
    return this.#db.ports.clock() / 1000;
  }

  #read<T>(place: string, read: (reads: Reads) => T): Promise<T> {
    return this.#db.statement(place, (tx) => read(new Reads(this.#tables, tx)));
  }
}

/** What is committed, and what the transaction wrote itself. */
class Reads {
  readonly tables: AccountTables;
  readonly tx: MemoryTransaction;

  constructor(tables: AccountTables, tx: MemoryTransaction) {
    this.tables = tables;
    this.tx = tx;
  }

  user(userId: string): UserEntry | undefined {
    return this.tx.get(this.tables.users, everybody, userId);
  }

  account(userId: string): Account | null {
    const user = this.user(userId);
    return user === undefined ? null : { ...user, isDisabled: user.disabledAt !== null };
  }

  accountByEmail(email: string): Account | null {
    const userId = this.tx.get(this.tables.emails, everybody, email);
    return userId === undefined ? null : this.account(userId);
  }

  keys(userId: string): Awaited<ReturnType<AccountReads["findKeys"]>> {
    const keys = this.tx.get(this.tables.keys, userId, this.user(userId)?.keysVersion ?? 0);
    if (keys === undefined) return null;
    return {
      keys: {
        version: keys.version,
        key_epoch: keys.keyEpoch,
        password_wrap: keys.passwordWrap.toString("base64"),
        recovery_wrap: keys.recoveryWrap.toString("base64"),
      },
      updatedAt: formatInstant(keys.createdAt),
    };
  }

  forget(subjects: readonly Buffer[]): void {
    for (const subject of subjects) this.tx.put(this.tables.failures, everybody, subject.toString("hex"), undefined);
  }

  device(userId: string, deviceId: string): DeviceEntry | undefined {
    return this.tx.get(this.tables.devices, userId, deviceId);
  }

  devices(userId: string): DeviceEntry[] {
    return this.tx.rows(this.tables.devices, userId);
  }

  tokens(userId: string): TokenEntry[] {
    return this.tx.rows(this.tables.tokens, userId);
  }
}

class Transaction implements AccountTransaction {
  readonly #db: MemoryConnection;
  readonly #tables: AccountTables;
  readonly #tx: MemoryTransaction;
  readonly #reads: Reads;

  constructor(db: MemoryConnection, tables: AccountTables, tx: MemoryTransaction) {
    this.#db = db;
    this.#tables = tables;
    this.#tx = tx;
    this.#reads = new Reads(tables, tx);
  }

  async #read<T>(place: string, read: (reads: Reads) => T): Promise<T> {
    await this.#tx.statement(place);
    return read(this.#reads);
  }

  async #write<T>(place: string, write: (reads: Reads) => T): Promise<T> {
    await this.#tx.statement(place, true);
    return write(this.#reads);
  }

  #updateUser(place: string, userId: string, change: (user: UserEntry) => Partial<UserEntry>): Promise<void> {
    return this.#write(place, (reads) => {
      const user = reads.user(userId);
      if (user !== undefined) this.#tx.put(this.#tables.users, everybody, userId, { ...user, ...change(user) });
    });
  }

  findAccountByEmail(email: string) {
    return this.#read("find_account", (reads) => reads.accountByEmail(email));
  }

  findAccount(userId: string) {
    return this.#read("find_account", (reads) => reads.account(userId));
  }

  findKeys(userId: string) {
    return this.#read("find_keys", (reads) => reads.keys(userId));
  }

  forgetFailures(subjects: readonly Buffer[]) {
    return this.#write("forget_failures", (reads) => reads.forget(subjects));
  }

  async lockUser(userId: string) {
    await this.#tx.statement("lock_user", true);
    if (this.#reads.user(userId) === undefined) return null;
    await this.#tx.lock(lockOf(userId));
    return this.#reads.account(userId) === null ? null : toLocked(this.#reads.user(userId)!);
  }

  /** The address and the id are unique: of two at once the later waits for what becomes of the other. */
  async insertUser(...[userId, email, account]: Parameters<AccountTransaction["insertUser"]>) {
    await this.#tx.statement("insert_user", true);
    for (const name of [`email ${email}`, lockOf(userId)]) await this.#tx.lock(name);
    if (this.#reads.user(userId) !== undefined || this.#reads.accountByEmail(email) !== null) return false;
    const { sealing } = account;
    this.#tx.put(this.#tables.emails, everybody, email, userId);
    this.#tx.put(this.#tables.users, everybody, userId, {
      userId,
      email,
      kind: sealing === null ? "plain" : "sealed",
      secretHash: account.secretHash,
      recoveryHash: account.recoveryHash,
      authSuite: sealing?.authSuite ?? null,
      kdfSeed: sealing?.kdfSeed ?? null,
      encryptionSalt: null,
      keysVersion: sealing === null ? 0 : 1,
      keyEpoch: sealing?.keys.keyEpoch ?? 0,
      incarnation: this.#db.ports.random.uuid(),
      disabledAt: null,
    });
    return true;
  }

  isEmailTaken(email: string) {
    return this.#read("is_email_taken", (reads) => reads.accountByEmail(email) !== null);
  }

  updateSecrets(...[userId, secrets]: Parameters<AccountTransaction["updateSecrets"]>) {
    return this.#updateUser("update_secrets", userId, (user) => ({
      secretHash: secrets.secretHash,
      authSuite: secrets.authSuite ?? user.authSuite,
      kdfSeed: secrets.kdfSeed ?? user.kdfSeed,
      recoveryHash: secrets.recoveryHash ?? user.recoveryHash,
    }));
  }

  updateRecoveryHash(userId: string, recoveryHash: string) {
    return this.#updateUser("update_recovery_hash", userId, () => ({ recoveryHash }));
  }

  /** The simulated server is open to all. */
  claimInvitation() {
    return this.#read("claim_invitation", () => false);
  }

  useInvitation() {
    return this.#read("use_invitation", () => {});
  }

  insertKeys(...[userId, version, keys]: Parameters<AccountTransaction["insertKeys"]>) {
    return this.#write("insert_keys", () => {
      const createdAt = this.#db.ports.clock();
      this.#tx.put(this.#tables.keys, userId, version, { ...keys, version, createdAt, replacedAtMs: null });
    });
  }

  markKeysReplaced(userId: string, version: number) {
    return this.#write("mark_keys_replaced", () => {
      const keys = this.#tx.get(this.#tables.keys, userId, version);
      const replacedAtMs = this.#db.ports.clock() / 1000;
      if (keys !== undefined) this.#tx.put(this.#tables.keys, userId, version, { ...keys, replacedAtMs });
    });
  }

  deleteOldKeys(userId: string, upTo: number) {
    return this.#write("delete_old_keys", () => {
      for (const { version } of this.#tx.rows(this.#tables.keys, userId)) {
        if (version <= upTo) this.#tx.put(this.#tables.keys, userId, version, undefined);
      }
    });
  }

  updateKeysVersion(userId: string, keysVersion: number, keyEpoch: number) {
    return this.#updateUser("update_keys_version", userId, () => ({ keysVersion, keyEpoch }));
  }

  countOtherActiveDevices(userId: string, deviceId: string) {
    return this.#read(
      "count_devices",
      (reads) => reads.devices(userId).filter((one) => one.deviceId !== deviceId && one.revokedAt === null).length,
    );
  }

  upsertDevice(...[userId, device, nowMs]: Parameters<AccountTransaction["upsertDevice"]>) {
    return this.#write("upsert_device", (reads) => {
      const known = reads.device(userId, device.deviceId);
      this.#tx.put(this.#tables.devices, userId, device.deviceId, {
        deviceId: device.deviceId,
        id: known?.id ?? this.#db.ports.random.uuid(),
        deviceName: device.deviceName ?? known?.deviceName ?? null,
        platform: device.platform ?? known?.platform ?? "other",
        createdAt: known?.createdAt ?? this.#db.ports.clock(),
        lastSeenAtMs: nowMs,
        revokedAt: null,
      });
    });
  }

  markDeviceRevoked(userId: string, deviceId: string) {
    return this.#write("mark_device_revoked", (reads) => {
      const device = reads.device(userId, deviceId);
      if (device === undefined) return false;
      const revokedAt = device.revokedAt ?? this.#db.ports.clock();
      this.#tx.put(this.#tables.devices, userId, deviceId, { ...device, revokedAt });
      return true;
    });
  }

  insertToken(owner: TokenOwner, hash: Buffer, nowMs: number) {
    return this.#write("insert_token", () => {
      const { userId, deviceId, sessionId } = owner;
      const key = hash.toString("hex");
      const expiresAtMs = nowMs + refreshTokenDays * dayMs;
      const token = { userId, deviceId, sessionId, key, issuedAtMs: nowMs, expiresAtMs, consumedAtMs: null };
      this.#tx.put(this.#tables.tokens, userId, key, token);
      this.#tx.put(this.#tables.tokenUsers, everybody, key, userId);
    });
  }

  consumeToken(owner: TokenOwner, hash: Buffer, nowMs: number) {
    return this.#write("consume_token", () => {
      const key = hash.toString("hex");
      const token = this.#tx.get(this.#tables.tokens, owner.userId, key);
      if (token === undefined || token.sessionId !== owner.sessionId) return;
      this.#tx.put(this.#tables.tokens, owner.userId, key, { ...token, consumedAtMs: nowMs });
    });
  }

  findTokenUser(hash: Buffer) {
    return this.#read(
      "find_token_user",
      () => this.#tx.get(this.#tables.tokenUsers, everybody, hash.toString("hex")) ?? null,
    );
  }

  findToken(userId: string, hash: Buffer, successorHash: Buffer) {
    return this.#read("find_token", (reads) => {
      const token = this.#tx.get(this.#tables.tokens, userId, hash.toString("hex"));
      const device = token === undefined ? undefined : reads.device(userId, token.deviceId);
      if (token === undefined || device === undefined) return null;
      const successor = this.#tx.get(this.#tables.tokens, userId, successorHash.toString("hex"));
      return {
        ...token,
        isSuccessorUnused: successor?.sessionId === token.sessionId && successor.consumedAtMs === null,
        isDeviceRevoked: device.revokedAt !== null,
      };
    });
  }

  endSession(userId: string, sessionId: string) {
    return this.#endTokens("end_session", userId, (token) => token.sessionId === sessionId);
  }

  endSessionsOfDevice(userId: string, deviceId: string) {
    return this.#endTokens("end_sessions", userId, (token) => token.deviceId === deviceId);
  }

  endAllSessions(userId: string) {
    return this.#endTokens("end_sessions", userId, () => true);
  }

  async endOtherSessions(userId: string, keep: string) {
    const ended = new Set<string>();
    await this.#endTokens("end_sessions", userId, ({ sessionId }) => {
      if (sessionId !== keep) ended.add(sessionId);
      return sessionId !== keep;
    });
    return [...ended];
  }

  endOldestSessions(userId: string, deviceId: string, keep: number) {
    return this.#write("end_oldest_sessions", (reads) => {
      const newest = new Map<string, number>();
      const own = reads.tokens(userId).filter((token) => token.deviceId === deviceId);
      for (const { sessionId, issuedAtMs } of own) {
        newest.set(sessionId, Math.max(newest.get(sessionId) ?? 0, issuedAtMs));
      }
      const byAge = [...newest].toSorted(([a, at], [b, bt]) => bt - at || (a < b ? -1 : 1));
      const old = new Set(byAge.slice(keep).map(([sessionId]) => sessionId));
      for (const token of own) if (old.has(token.sessionId)) deleteToken(this.#tx, this.#tables, token);
    });
  }

  #endTokens(place: string, userId: string, isEnded: (token: TokenEntry) => boolean): Promise<void> {
    return this.#write(place, (reads) => {
      for (const token of reads.tokens(userId)) if (isEnded(token)) deleteToken(this.#tx, this.#tables, token);
    });
  }
}

function deleteToken(tx: MemoryTransaction, tables: AccountTables, { userId, key }: TokenEntry): void {
  tx.put(tables.tokens, userId, key, undefined);
  tx.put(tables.tokenUsers, everybody, key, undefined);
}

function toLocked({ kind, secretHash, keysVersion, keyEpoch, disabledAt }: UserEntry) {
  return { kind, secretHash, keysVersion, keyEpoch, isDisabled: disabledAt !== null };
}

const byAge = (a: DeviceEntry, b: DeviceEntry): number =>
  a.createdAt - b.createdAt || (a.deviceId < b.deviceId ? -1 : 1);

const toDeviceRow = (device: DeviceEntry): DeviceRow => ({
  id: device.id,
  device_id: device.deviceId,
  device_name: device.deviceName,
  platform: device.platform,
  last_sync_at: null,
  last_seen_at: formatInstant(Math.floor(device.lastSeenAtMs * 1000)),
  created_at: formatInstant(device.createdAt),
  is_active: device.revokedAt === null,
});

const lockOf = (userId: string): string => `user ${userId}`;
