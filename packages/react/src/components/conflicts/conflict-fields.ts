import type { ConflictEntry, Resolution } from "@owlivion/sync-client";

export type Side = "local" | "remote";

/** What the person decided about a field: a side, or a text of their own. */
export type Pick = { readonly side: Side } | { readonly edited: string };

export interface ConflictField {
  readonly name: string;
  readonly base: unknown;
  readonly local: unknown;
  readonly remote: unknown;
  readonly proposed: unknown;
  /** Both sides changed it, each its own way: it needs a decision. */
  readonly isClash: boolean;
}

type Fields = Readonly<Record<string, unknown>> | null;

/** The fields that any side changed: those that clash first. */
export function conflictFields(conflict: ConflictEntry): readonly ConflictField[] {
  const { base, local, remote, proposed, fields } = conflict;
  const sides: readonly Fields[] = [base, local, remote, proposed];
  const names = new Set(sides.flatMap((side) => Object.keys(side ?? {})));
  const clashes = new Set(fields);
  return [...names, ...fields.filter((name) => !names.has(name))]
    .map((name) => ({
      name,
      base: base?.[name],
      local: local?.[name],
      remote: remote?.[name],
      proposed: proposed?.[name],
      isClash: clashes.has(name),
    }))
    .filter(({ isClash, local, remote, base }) => isClash || !isSame(local, remote) || !isSame(base, local))
    .sort((a, b) => Number(b.isClash) - Number(a.isClash));
}

/** What is shown at present for a field that clashes. */
export const proposedSide = ({ local, proposed }: ConflictField): Side =>
  isSame(local, proposed) ? "local" : "remote";

/** Which sides a field that merged by itself was taken from: both for what was put together of them. */
export function takenSides({ local, remote, proposed }: ConflictField): readonly Side[] {
  const sides = (
    [
      ["local", local],
      ["remote", remote],
    ] as const
  ).filter(([, value]) => isSame(value, proposed));
  return sides.map(([side]) => side);
}

/** A text can be edited in place, and what was not there can be written. */
export const isEditable = ({ local, remote }: ConflictField): boolean =>
  [local, remote].every((value) => value === undefined || typeof value === "string");

/** All of one side is that side; anything else names the fields, so that what was edited since in others stays. */
export function resolutionOf(conflict: ConflictEntry, picks: Readonly<Record<string, Pick>>): Resolution {
  const clashes = conflictFields(conflict).filter(({ isClash }) => isClash);
  const sideOf = (field: ConflictField): Side | null => {
    const pick = picks[field.name] ?? { side: proposedSide(field) };
    return "side" in pick ? pick.side : null;
  };
  const sides = new Set(clashes.map(sideOf));
  if (sides.size === 1 && !sides.has(null)) return [...sides][0]!;
  const fields = clashes.map((field) => {
    const pick = picks[field.name] ?? { side: proposedSide(field) };
    const value = "edited" in pick ? pick.edited : field[pick.side];
    return [field.name, value === undefined || value === "" ? null : value] as const;
  });
  return { fields: Object.fromEntries(fields) };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
