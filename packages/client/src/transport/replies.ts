import type { ConflictReason, Platform } from "@owlivion/sync-protocol";

/** The server's replies as the engine sees them: bytes as bytes, and everything checked. */

export interface ServerConfig {
  readonly protocol: { readonly major: number; readonly minor: number };
  readonly features: readonly string[];
  readonly dataTypes: readonly string[];
  readonly registration: "open" | "invite" | "closed";
  readonly quota: { readonly bytes: number; readonly records: number };
  readonly retention: { readonly historyDays: number; readonly tombstoneDays: number };
}

/** The key bundle, wrapped twice, as the server keeps it. */
export interface StoredKeys {
  readonly version: number;
  readonly keyEpoch: number;
  readonly passwordWrap: Uint8Array;
  readonly recoveryWrap: Uint8Array;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

export interface SignedIn {
  readonly user: { readonly id: string; readonly email: string; readonly kind: "plain" | "sealed" };
  readonly tokens: Tokens;
  /** Null for a plain account. */
  readonly keys: StoredKeys | null;
}

export interface RecoveryStarted {
  readonly recoveryToken: string;
  readonly userId: string;
  readonly keys: StoredKeys;
}

interface RemoteRowFields {
  readonly recordId: string;
  readonly version: number;
  /** When the server took it, RFC 3339. */
  readonly changedAt: string;
  readonly deviceId: string;
}
/** The envelope is a copy: it keeps no page alive. Null: a deletion that nobody sealed. */
export type RemoteRow =
  | (RemoteRowFields & { readonly kind: "put"; readonly envelope: Uint8Array })
  | (RemoteRowFields & { readonly kind: "tombstone"; readonly envelope: Uint8Array | null });

export interface StoredProof {
  readonly epoch: string;
  readonly version: number;
  readonly proof: Uint8Array;
}

export interface Page {
  /** Puts and tombstones together, versions ascending. */
  readonly rows: readonly RemoteRow[];
  readonly hasMore: boolean;
  readonly nextCursor: string;
  readonly epoch: string;
  readonly head: number;
  readonly horizon: number;
  readonly proof: StoredProof | null;
  /** The version of the past that was read; null: the present. */
  readonly asOf: number | null;
}

export type PushedChange =
  | { readonly status: "applied"; readonly version: number; readonly changedAt: string }
  | { readonly status: "unchanged"; readonly version: number }
  | {
      readonly status: "conflict";
      readonly reason: ConflictReason;
      /** What stands; null where nothing does. */
      readonly current: RemoteRow | null;
      /** Something stands, but the reply had no room for it. */
      readonly isTruncated: boolean;
    };

export interface PushReply {
  /** The head after the batch. */
  readonly head: number;
  readonly epoch: string;
  /** One for each change, in order. */
  readonly results: readonly PushedChange[];
  readonly syncedAt: string;
  readonly clockSkewMs: number | null;
  readonly delta: { readonly rows: readonly RemoteRow[]; readonly hasMore: boolean } | null;
  readonly nextCursor: string | null;
}

export interface CollectionStatus {
  readonly head: number;
  readonly epoch: string;
  readonly horizon: number;
  readonly recordCount: number;
  readonly bytes: number;
  readonly lastSyncAt: string | null;
  readonly deviceId: string | null;
  readonly proofVersion: number | null;
}

export interface HistoryEntry {
  readonly version: number;
  readonly kind: "put" | "tombstone";
  readonly changedAt: string;
  readonly deviceId: string;
  readonly envelope: Uint8Array | null;
}

export interface HistoryPage {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** Replaced changes up to this version may have been purged. */
  readonly historyHorizon: number;
  readonly nextBefore: number | null;
}

export interface RemoteDevice {
  readonly deviceId: string;
  readonly deviceName: string | null;
  readonly platform: Platform;
  readonly lastSyncAt: string | null;
  readonly lastSeenAt: string | null;
  readonly createdAt: string;
  readonly isActive: boolean;
  readonly isCurrent: boolean;
}

/** Where the server's epochs began in one collection, oldest first; null: nobody knows. `details` of EPOCH_CHANGED. */
export interface EpochChange {
  readonly epoch: string;
  readonly epochs: readonly { readonly epoch: string; readonly version: number | null }[];
}

export type ServerEvent =
  /** The stream is open: what happened before it is not told, so pull once. */
  | { readonly type: "open" }
  /** The server is there. */
  | { readonly type: "beat" }
  /** A collection has a newer head: a hint, never the data. */
  | { readonly type: "change"; readonly dataType: string; readonly version: number; readonly deviceId: string };
