import type { ConflictEntry } from "@owlivion/sync-client";

export const sides = ["local", "remote"] as const;
export type Side = (typeof sides)[number];

/** Which side the person takes, by field. */
export type Choices = Readonly<Record<string, Side>>;

/** What is shown now, with the chosen side in each field that clashes. */
export function mergedValue({ proposed, local, remote }: ConflictEntry, choices: Choices): object {
  const merged: Record<string, unknown> = { ...proposed };
  for (const [field, side] of Object.entries(choices)) {
    const value = (side === "local" ? local : remote)?.[field];
    if (value === undefined || value === null) delete merged[field];
    else merged[field] = value;
  }
  return merged;
}
