import type { ConflictReason, Micros } from "@owlivion/sync-protocol";
import type { Decision, Outcome } from "./model.ts";

/**
 * The per-change results of a committed batch, as they are kept for replay. Versions of applied changes are consecutive
 * and their times one microsecond apart, so that a letter for each change is enough to write the same bytes again.
 */
export interface Answer {
  readonly outcomes: readonly Outcome[];
  readonly syncedAt: Micros;
  readonly clockSkewMs: number | null;
}

const conflictLetters = { STALE: "S", OLDER: "O", EXISTS: "E", TOO_OLD: "T" } as const satisfies Record<
  ConflictReason,
  string
>;
const reasonsByLetter = new Map<string, ConflictReason>(
  Object.entries(conflictLetters).map(([reason, letter]) => [letter, reason as ConflictReason]),
);

interface StoredAnswer {
  /** One letter for each change: a applied, u unchanged, or the reason of a conflict. */
  readonly o: string;
  /** Versions of the unchanged ones, in order. */
  readonly u: readonly number[];
  readonly t: Micros;
  readonly k: number | null;
}

export function encodeAnswer(decision: Decision, syncedAt: Micros): Buffer {
  const stored: StoredAnswer = {
    o: decision.outcomes.map(letterOf).join(""),
    u: decision.outcomes.flatMap((outcome) => (outcome.status === "unchanged" ? [outcome.version] : [])),
    t: syncedAt,
    k: decision.clockSkewMs,
  };
  return Buffer.from(JSON.stringify(stored));
}

export function decodeAnswer(bytes: Buffer, headBefore: number): Answer {
  const stored = JSON.parse(bytes.toString("utf8")) as StoredAnswer;
  const unchanged = stored.u.values();
  let version = headBefore;
  const outcomes = [...stored.o].map((letter): Outcome => {
    if (letter === "a") return { status: "applied", version: (version += 1) };
    if (letter === "u") return { status: "unchanged", version: unchanged.next().value ?? 0 };
    return { status: "conflict", reason: reasonsByLetter.get(letter) ?? "STALE" };
  });
  return { outcomes, syncedAt: stored.t, clockSkewMs: stored.k };
}

function letterOf(outcome: Outcome): string {
  if (outcome.status === "conflict") return conflictLetters[outcome.reason];
  return outcome.status === "applied" ? "a" : "u";
}
