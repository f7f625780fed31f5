import { type Platform } from "@owlivion/sync-protocol";
import * as v from "valibot";
import { SyncError, type SyncErrorCode } from "../errors.ts";
import type { ReadTransaction, WriteTransaction } from "../store/store.ts";

/** What a device keeps of its account, in `meta`. Nothing in it is readable without the password or the platform's key. */
export interface Account {
  readonly accountId: string;
  readonly email: string;
  readonly deviceName: string | null;
  readonly platform: Platform;
  /** How the password is hashed: pinned at the first sign-in. */
  readonly suite: number;
  readonly seed: Uint8Array;
  readonly keyEpoch: number;
  readonly keysVersion: number;
  /** For unlocking without the server. */
  readonly passwordWrap: Uint8Array;
  readonly recoveryWrap: Uint8Array;
  /** Tells the account's keys from all others. */
  readonly fingerprint: string;
  /** Sealed by the protector; null: this device is not signed in. */
  readonly refreshToken: Uint8Array | null;
  /** Why not. */
  readonly endedBy: SyncErrorCode | null;
  /** The key bundle, sealed by the protector; null: the password is needed. */
  readonly keys: Uint8Array | null;
  /** Grows when the keys are locked: tells other tabs that theirs are too. */
  readonly lockCount: number;
  /** Password changes whose outcome is not known: their passwords open the account here as well. */
  readonly unsettled: readonly UnsettledPassword[];
}

export interface UnsettledPassword {
  readonly seed: Uint8Array;
  readonly passwordWrap: Uint8Array;
  readonly keysVersion: number;
}

/** A sign-up that was sent, or was about to be. */
export interface PendingSignUp {
  readonly accountId: string;
  readonly email: string;
  readonly suite: number;
  readonly seed: Uint8Array;
  readonly passwordWrap: Uint8Array;
  readonly recoveryWrap: Uint8Array;
  /** What proves the recovery key to the server, sealed by the protector. */
  readonly recoveryAuth: Uint8Array;
}

export const sessionKeys = {
  account: "session/account",
  device: "session/device",
  pendingSignUp: "session/pending-sign-up",
  /** Everything but the device's id is being removed. */
  erasing: "session/erasing",
} as const;

const bytes = v.instance(Uint8Array);
const account = v.object({
  accountId: v.string(),
  email: v.string(),
  deviceName: v.nullable(v.string()),
  platform: v.string(),
  suite: v.number(),
  seed: bytes,
  keyEpoch: v.number(),
  keysVersion: v.number(),
  passwordWrap: bytes,
  recoveryWrap: bytes,
  fingerprint: v.string(),
  refreshToken: v.nullable(bytes),
  endedBy: v.nullable(v.string()),
  keys: v.nullable(bytes),
  lockCount: v.number(),
  unsettled: v.array(v.object({ seed: bytes, passwordWrap: bytes, keysVersion: v.number() })),
});
const pendingSignUp = v.object({
  accountId: v.string(),
  email: v.string(),
  suite: v.number(),
  seed: bytes,
  passwordWrap: bytes,
  recoveryWrap: bytes,
  recoveryAuth: bytes,
});

export const readAccount = (tx: ReadTransaction): Promise<Account | null> =>
  read(tx, sessionKeys.account, account) as Promise<Account | null>;
export const readPendingSignUp = (tx: ReadTransaction): Promise<PendingSignUp | null> =>
  read(tx, sessionKeys.pendingSignUp, pendingSignUp);

export const writeAccount = (tx: WriteTransaction, value: Account): Promise<void> =>
  tx.put("meta", { key: sessionKeys.account, value });
export const writePendingSignUp = (tx: WriteTransaction, value: PendingSignUp): Promise<void> =>
  tx.put("meta", { key: sessionKeys.pendingSignUp, value });

/** The device's id, made when there is none: once for each store, whoever opens it. */
export async function readOrMakeDeviceId(tx: WriteTransaction, fresh: string): Promise<string> {
  const row = await tx.get("meta", sessionKeys.device);
  if (row !== undefined) return parse(v.string(), row.value);
  await tx.put("meta", { key: sessionKeys.device, value: fresh });
  return fresh;
}

async function read<T>(tx: ReadTransaction, key: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
  const row = await tx.get("meta", key);
  return row === undefined ? null : parse(schema, row.value);
}

function parse<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) throw new SyncError("STORE_UNREADABLE", { message: "The local store's session is damaged." });
  return parsed.output;
}
