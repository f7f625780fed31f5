/** What retention removes, in the order it does. */
export const cleanupKinds = [
  "history",
  "tombstones",
  "batches",
  "audit",
  "refresh_tokens",
  "account_keys",
  "secret_failures",
  "invitations",
] as const;
export type CleanupKind = (typeof cleanupKinds)[number];

export interface CleanupReport {
  /**
   * `done`; `incomplete`: some collections were skipped; `stopped`: told to end before it was done; `busy`: another
   * process is at it; `suspended`: the clock jumped since the last run; `paused`: a new epoch began lately.
   */
  readonly outcome: "done" | "incomplete" | "stopped" | "busy" | "suspended" | "paused";
  /** For the operator: why nothing, or not everything, was removed, and what to do. */
  readonly message: string | null;
  /** PostgreSQL's time at the start, RFC 3339. */
  readonly started_at: string;
  readonly duration_ms: number;
  readonly rows: Readonly<Partial<Record<CleanupKind, number>>>;
  /** Collections that were locked, or took, too long; the next run comes back to them. */
  readonly skipped_collections: number;
}
