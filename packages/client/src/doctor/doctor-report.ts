/**
 * - `ok`        as it should be
 * - `notice`    worth knowing; nothing has to be done
 * - `problem`   something is wrong; the repair plan says what to do
 * - `unknown`   it could not be checked, and why
 */
export type CheckState = "ok" | "notice" | "problem" | "unknown";

export type CheckName =
  | "clock"
  | "server"
  | "session"
  | "keys"
  | "storage"
  | "queue"
  | "cursor"
  | "proof"
  | "set_hash"
  | "index"
  | "quarantine"
  | "conflicts";

/**
 * One thing that was looked at. Nothing in it tells about a person or a record: numbers, codes, names of data types, and the
 * first characters of random ids.
 */
export interface Check {
  readonly name: CheckName;
  readonly dataType: string | null;
  readonly state: CheckState;
  /** For a person. */
  readonly summary: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}

/** Something to do about a problem. Without `run` only a person can: `repair` says what. */
export interface Repair {
  readonly problem: string;
  readonly dataType: string | null;
  readonly repair: string;
  readonly run?: () => Promise<void>;
}

export interface DoctorReport {
  /** RFC 3339, by the corrected clock. */
  readonly at: string;
  /** The worst of all checks. */
  readonly state: CheckState;
  readonly checks: readonly Check[];
  readonly repairs: readonly Repair[];
}

export interface Finding {
  readonly checks: readonly Check[];
  readonly repairs: readonly Repair[];
}

const order: readonly CheckState[] = ["ok", "notice", "unknown", "problem"];

export const worst = (checks: readonly Check[]): CheckState =>
  checks.reduce<CheckState>(
    (state, check) => (order.indexOf(check.state) > order.indexOf(state) ? check.state : state),
    "ok",
  );

/** Enough of a random id to compare two reports. */
export const shortId = (id: string | null): string | null => (id === null ? null : id.slice(0, 8));
