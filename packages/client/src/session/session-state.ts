import type { Keyring } from "@owlivion/sync-crypto";
import type { Platform } from "@owlivion/sync-protocol";
import type { SyncErrorCode } from "../errors.ts";
import type { Account } from "./account-row.ts";

export interface AccountInfo {
  readonly accountId: string;
  readonly email: string;
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly platform: Platform;
  /** Null: this device is signed in. Else why the server does not take it any more, or NOT_SIGNED_IN after signing out. */
  readonly endedBy: SyncErrorCode | null;
}

/**
 * ```
 *   signed-out ──signUp, signIn, recover──▶ unlocked ◀──unlock, signIn── locked
 *        ▲                                  │      └──────lock──────────▶   │
 *        └──────signOut, deleteAccount──────┴───────────────────────────────┘
 * ```
 * Signing out with unsent edits leads to `locked` instead. That the server ended the session changes no state: records can be
 * read and edited as before, and signing in again lets them sync.
 */
export type SessionState =
  /** The store holds no account. */
  | { readonly kind: "signed-out" }
  /** It holds one, and needs its password. */
  | { readonly kind: "locked"; readonly account: AccountInfo }
  | { readonly kind: "unlocked"; readonly account: AccountInfo; readonly keyring: Keyring };

export function accountInfo(account: Account, deviceId: string): AccountInfo {
  const { accountId, email, deviceName, platform, refreshToken, endedBy } = account;
  return {
    accountId,
    email,
    deviceId,
    deviceName,
    platform,
    endedBy: refreshToken === null ? (endedBy ?? "NOT_SIGNED_IN") : null,
  };
}

/** Whether a listener would see a difference. */
export function isSameState(a: SessionState, b: SessionState): boolean {
  if (a.kind === "signed-out" || b.kind === "signed-out") return a.kind === b.kind;
  if ((a.kind === "unlocked" ? a.keyring : null) !== (b.kind === "unlocked" ? b.keyring : null)) return false;
  return JSON.stringify(a.account) === JSON.stringify(b.account);
}

/** Whether the server takes what is sent in this state. */
export const canSync = (state: SessionState): boolean => state.kind === "unlocked" && state.account.endedBy === null;
