import { limits, type Platform } from "@owlivion/sync-protocol";
import * as v from "valibot";
import * as f from "./field-schemas.ts";
import type { CollectionStatus, RecoveryStarted, RemoteDevice, ServerConfig, SignedIn, StoredKeys } from "./replies.ts";

/** Replies of the routes about accounts, sessions and devices. */

const wrap = f.bytes(16, limits.maxWrapBytes);

export const storedKeys = v.pipe(
  v.object({ version: f.positive, key_epoch: f.positive, password_wrap: wrap, recovery_wrap: wrap }),
  v.transform((keys): StoredKeys => ({
    version: keys.version,
    keyEpoch: keys.key_epoch,
    passwordWrap: keys.password_wrap,
    recoveryWrap: keys.recovery_wrap,
  })),
);

export const serverConfig = v.pipe(
  v.object({
    protocol: v.object({ major: f.count, minor: f.count }),
    features: v.pipe(v.array(f.text(64)), v.maxLength(256)),
    data_types: v.pipe(v.array(f.dataTypeName), v.maxLength(1024)),
    registration: v.picklist(["open", "invite", "closed"]),
    quota: v.object({ bytes: f.count, records: f.count }),
    retention: v.object({ history_days: f.count, tombstone_days: f.count }),
  }),
  v.transform(({ data_types, retention, ...rest }): ServerConfig => ({
    ...rest,
    dataTypes: data_types,
    retention: { historyDays: retention.history_days, tombstoneDays: retention.tombstone_days },
  })),
);

export const prelogin = v.pipe(
  v.object({ auth_suite: f.count, kdf_seed: f.bytes(limits.kdfSeedBytes, limits.kdfSeedBytes) }),
  v.transform(({ auth_suite, kdf_seed }) => ({ suite: auth_suite, seed: kdf_seed })),
);

const tokenFields = v.pipe(
  v.object({ access_token: f.accessToken, refresh_token: f.refreshToken, expires_in: f.positive }),
  v.transform((tokens) => ({
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresInSeconds: tokens.expires_in,
  })),
);
export const refreshed = v.pipe(
  v.object({ tokens: tokenFields }),
  v.transform(({ tokens }) => tokens),
);

export const signedIn = v.pipe(
  v.object({
    user: v.object({ id: f.uuid, email: f.text(limits.maxEmailChars), kind: v.picklist(["plain", "sealed"]) }),
    tokens: tokenFields,
    keys: v.optional(storedKeys),
  }),
  v.check(({ user, keys }) => (user.kind === "sealed") === (keys !== undefined), "a sealed account has keys"),
  v.transform(({ user, tokens, keys }): SignedIn => ({ user, tokens, keys: keys ?? null })),
);

export const recoveryStarted = v.pipe(
  v.object({ recovery_token: f.accessToken, user_id: f.uuid, keys: storedKeys }),
  v.transform(({ recovery_token, user_id, keys }): RecoveryStarted => ({
    recoveryToken: recovery_token,
    userId: user_id,
    keys,
  })),
);

export const keysVersion = v.pipe(
  v.object({ keys_version: f.positive }),
  v.transform(({ keys_version }) => keys_version),
);
export const putKeys = v.pipe(
  v.object({ version: f.positive }),
  v.transform(({ version }) => version),
);
export const nothing = v.object({});

const platforms = ["windows", "macos", "linux", "android", "ios", "web", "other"] as const satisfies Platform[];
const device = v.pipe(
  v.object({
    device_id: f.uuid,
    device_name: v.nullable(f.text(1024)),
    platform: v.fallback(v.picklist(platforms), "other"),
    last_sync_at: v.nullable(f.instant),
    last_seen_at: v.nullable(f.instant),
    created_at: f.instant,
    is_active: v.boolean(),
    is_current: v.boolean(),
  }),
  v.transform((row): RemoteDevice => ({
    deviceId: row.device_id,
    deviceName: row.device_name,
    platform: row.platform,
    lastSyncAt: row.last_sync_at,
    lastSeenAt: row.last_seen_at,
    createdAt: row.created_at,
    isActive: row.is_active,
    isCurrent: row.is_current,
  })),
);
export const deviceList = v.pipe(
  v.object({ devices: v.pipe(v.array(device), v.maxLength(10_000)) }),
  v.transform(({ devices }): readonly RemoteDevice[] => devices),
);

const collectionStatus = v.pipe(
  v.object({
    head: f.count,
    epoch: f.uuid,
    horizon: f.count,
    record_count: f.count,
    bytes: f.count,
    last_sync_at: v.nullable(f.instant),
    device_id: v.nullable(f.uuid),
    proof_version: v.nullable(f.count),
  }),
  v.transform((row): CollectionStatus => ({
    head: row.head,
    epoch: row.epoch,
    horizon: row.horizon,
    recordCount: row.record_count,
    bytes: row.bytes,
    lastSyncAt: row.last_sync_at,
    deviceId: row.device_id,
    proofVersion: row.proof_version,
  })),
);
export const syncStatus = v.pipe(
  v.record(f.dataTypeName, v.nullable(collectionStatus)),
  v.transform((byDataType): ReadonlyMap<string, CollectionStatus | null> => new Map(Object.entries(byDataType))),
);
