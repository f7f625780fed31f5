import type { SyncErrorCode } from "../errors.ts";

/** What a person should look at. Nothing of it stops the sync of everything else. */
export interface Attention {
  readonly kind:
    | "conflicts"
    | "deletions_staged"
    | "deletions_held"
    | "unreadable"
    | "unconfirmed"
    | "edits_held"
    | "integrity"
    | "quota";
  readonly dataType: string;
  readonly count: number;
}

export interface Progress {
  readonly dataType: string;
  readonly records: number;
  readonly bytes: number;
  /** Null: not known. */
  readonly totalRecords: number | null;
}

export interface StatusError {
  readonly code: SyncErrorCode;
  /** For a person. */
  readonly message: string;
}

interface Common {
  /** Edits that the server has not accepted yet. */
  readonly waiting: number;
  readonly attention: readonly Attention[];
  /** By the device's clock, milliseconds; null: never. */
  readonly lastSyncMs: number | null;
}

/**
 * What a sync is doing, from the application's view:
 *
 * ```
 *   signed_out ◀──▶ locked ◀──▶ idle ──▶ syncing ──▶ idle
 *                                 ▲         │ ├──▶ offline ──▶ syncing
 *                                 └─────────┘ └──▶ error   ──▶ syncing
 *   any ──▶ closed
 * ```
 */
export type SyncStatus =
  | (Common & { readonly state: "signed_out" })
  /** The keys need the password. */
  | (Common & { readonly state: "locked" })
  | (Common & { readonly state: "idle" })
  | (Common & { readonly state: "syncing"; readonly progress: Progress | null })
  /** The server cannot be reached, or asks for patience; edits wait. */
  | (Common & { readonly state: "offline"; readonly reason: StatusError; readonly retryAtMs: number | null })
  /** Waiting does not help: a person has to do something. */
  | (Common & { readonly state: "error"; readonly error: StatusError })
  | (Common & { readonly state: "closed" });

export type SessionKind = "signed_out" | "locked" | "unlocked";

export type StatusInput =
  | { readonly type: "session"; readonly session: SessionKind }
  | { readonly type: "started" }
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "succeeded"; readonly atMs: number }
  | { readonly type: "delayed"; readonly reason: StatusError; readonly retryAtMs: number | null }
  | { readonly type: "failed"; readonly error: StatusError }
  /** Signed in again: what the end of the session stopped can go on. */
  | { readonly type: "renewed" }
  /** Ended before it was done: nobody is to blame. */
  | { readonly type: "stopped" }
  | {
      readonly type: "counted";
      readonly waiting: number;
      readonly attention: readonly Attention[];
      /** The newest exchange that is stored, for a status that has just begun. */
      readonly lastSyncMs?: number | null;
    }
  | { readonly type: "closed" };

export const initialStatus: SyncStatus = { state: "signed_out", waiting: 0, attention: [], lastSyncMs: null };

/** The next status. What makes no sense in a state changes nothing. */
export function nextStatus(status: SyncStatus, input: StatusInput): SyncStatus {
  if (status.state === "closed") return status;
  const common = { waiting: status.waiting, attention: status.attention, lastSyncMs: status.lastSyncMs };
  switch (input.type) {
    case "closed":
      return { state: "closed", ...common };
    case "counted":
      return {
        ...status,
        waiting: input.waiting,
        attention: input.attention,
        lastSyncMs: status.lastSyncMs ?? input.lastSyncMs ?? null,
      };
    case "session":
      return afterSession(status, common, input.session);
    default:
      return status.state === "signed_out" || status.state === "locked" ? status : duringSession(status, common, input);
  }
}

function afterSession(status: SyncStatus, common: Common, session: SessionKind): SyncStatus {
  if (session === "unlocked") {
    return status.state === "signed_out" || status.state === "locked" ? { state: "idle", ...common } : status;
  }
  return { state: session, ...common };
}

type WorkInput = Exclude<StatusInput, { type: "closed" | "counted" | "session" }>;

function duringSession(status: SyncStatus, common: Common, input: WorkInput): SyncStatus {
  switch (input.type) {
    case "started":
      return status.state === "syncing" ? status : { state: "syncing", ...common, progress: null };
    case "progress":
      return status.state === "syncing" ? { ...status, progress: input.progress } : status;
    case "succeeded":
      return { state: "idle", ...common, lastSyncMs: input.atMs };
    case "delayed":
      return { state: "offline", ...common, reason: input.reason, retryAtMs: input.retryAtMs };
    case "failed":
      return { state: "error", ...common, error: input.error };
    case "renewed":
      return status.state === "error" ? { state: "idle", ...common } : status;
    case "stopped":
      return status.state === "syncing" ? { state: "idle", ...common } : status;
  }
}
