import type { Pool, PoolClient } from "pg";
import {
  endAllSessions,
  endOldestSessions,
  endOtherSessions,
  endSession,
  endSessionsOfDevice,
} from "../end-sessions.ts";
import { lockUser } from "../lock-user.ts";
import type { Queryable } from "../queryable.ts";
import { withTransaction } from "../with-transaction.ts";
import type { AccountReads, AccountStore, AccountTransaction } from "./account-store.ts";
import { countOtherActiveDevices, findDevices, markDeviceRevoked, upsertDevice } from "./device-rows.ts";
import { countFailure, findLockedUntil, forgetFailures } from "./failure-rows.ts";
import { findAccount, findAccountByEmail } from "./find-account.ts";
import { findLiveSession } from "./find-session.ts";
import { insertUser, isEmailTaken } from "./insert-user.ts";
import { claimInvitation, useInvitation } from "./invitation-rows.ts";
import { deleteOldKeys, findKeys, insertKeys, markKeysReplaced, updateKeysVersion } from "./key-rows.ts";
import { consumeToken, findToken, findTokenUser, insertToken } from "./refresh-token-rows.ts";
import { findSalt, setSaltOnce } from "./salt-rows.ts";
import { updateRecoveryHash, updateSecrets } from "./update-secrets.ts";

export function createPostgresAccountStore(pool: Pool): AccountStore {
  return {
    ...readsOn(pool),
    transaction: (work) => withTransaction(pool, (client) => work(transactionOn(client))),
    findLiveSession: (claims) => findLiveSession(pool, claims),
    countFailure: (subject, nowMs, rules) => countFailure(pool, subject, nowMs, rules),
    findLockedUntil: (subject) => findLockedUntil(pool, subject),
    setSaltOnce: (userId, salt) => setSaltOnce(pool, userId, salt),
    findSalt: (userId) => findSalt(pool, userId),
    listDevices: (userId) => findDevices(pool, userId),
  };
}

const readsOn = (client: Queryable): AccountReads => ({
  findAccountByEmail: (email) => findAccountByEmail(client, email),
  findAccount: (userId) => findAccount(client, userId),
  findKeys: (userId) => findKeys(client, userId),
  forgetFailures: (subjects) => forgetFailures(client, subjects),
});

const transactionOn = (client: PoolClient): AccountTransaction => ({
  ...readsOn(client),
  lockUser: (userId) => lockUser(client, userId),
  insertUser: (userId, email, account) => insertUser(client, userId, email, account),
  isEmailTaken: (email) => isEmailTaken(client, email),
  updateSecrets: (userId, secrets) => updateSecrets(client, userId, secrets),
  updateRecoveryHash: (userId, hash) => updateRecoveryHash(client, userId, hash),
  claimInvitation: (hash, email, nowMs) => claimInvitation(client, hash, email, nowMs),
  useInvitation: (hash, userId, nowMs) => useInvitation(client, hash, userId, nowMs),
  insertKeys: (userId, version, keys) => insertKeys(client, userId, version, keys),
  markKeysReplaced: (userId, version) => markKeysReplaced(client, userId, version),
  deleteOldKeys: (userId, upTo) => deleteOldKeys(client, userId, upTo),
  updateKeysVersion: (userId, version, keyEpoch) => updateKeysVersion(client, userId, version, keyEpoch),
  countOtherActiveDevices: (userId, deviceId) => countOtherActiveDevices(client, userId, deviceId),
  upsertDevice: (userId, device, nowMs) => upsertDevice(client, userId, device, nowMs),
  markDeviceRevoked: (userId, deviceId) => markDeviceRevoked(client, userId, deviceId),
  insertToken: (owner, hash, nowMs) => insertToken(client, owner, hash, nowMs),
  consumeToken: (owner, hash, nowMs) => consumeToken(client, owner, hash, nowMs),
  findTokenUser: (hash) => findTokenUser(client, hash),
  findToken: (userId, hash, successorHash) => findToken(client, userId, hash, successorHash),
  endSession: (userId, sessionId) => endSession(client, userId, sessionId),
  endSessionsOfDevice: (userId, deviceId) => endSessionsOfDevice(client, userId, deviceId),
  endAllSessions: (userId) => endAllSessions(client, userId),
  endOtherSessions: (userId, keep) => endOtherSessions(client, userId, keep),
  endOldestSessions: (userId, deviceId, keep) => endOldestSessions(client, userId, deviceId, keep),
});
