import type { Micros } from "@owlivion/sync-protocol";
import type { MemoryDatabase } from "../memory/memory-database.ts";
import type { Account, KeySetBytes, TokenOwner } from "./account-store.ts";
import type { FailureEntry } from "./memory-failures.ts";

// The tables of migration 001, as the memory store keeps them. A row is never changed, only replaced.

export interface UserEntry extends Omit<Account, "isDisabled"> {
  readonly keyEpoch: number;
  readonly incarnation: string;
  readonly disabledAt: number | null;
}

export interface DeviceEntry {
  readonly deviceId: string;
  readonly id: string;
  readonly deviceName: string | null;
  readonly platform: string;
  readonly createdAt: Micros;
  readonly lastSeenAtMs: number;
  readonly revokedAt: Micros | null;
}

export interface TokenEntry extends TokenOwner {
  /** Hex of the hash. */
  readonly key: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly consumedAtMs: number | null;
}

export interface KeysEntry extends KeySetBytes {
  readonly version: number;
  readonly createdAt: Micros;
  readonly replacedAtMs: number | null;
}

export type AccountTables = ReturnType<typeof createAccountTables>;

export function createAccountTables(db: MemoryDatabase) {
  return {
    users: db.table<UserEntry>({ isKept: true }),
    /** The account of an address. */
    emails: db.table<string>({ isKept: true }),
    /** Of an account, by device id. */
    devices: db.table<DeviceEntry>({ isKept: true }),
    /** Of an account, by the hash of the token. */
    tokens: db.table<TokenEntry>({ isKept: true }),
    /** The account of a token's hash. */
    tokenUsers: db.table<string>({ isKept: true }),
    /** Of an account, by version. */
    keys: db.table<KeysEntry>({ isKept: true }),
    failures: db.table<FailureEntry>({ isKept: true }),
  };
}

/** The partition of what no account owns. */
export const everybody = "";
