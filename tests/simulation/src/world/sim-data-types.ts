import { type DataType, defineDataType, type Preference, preferences } from "@owlivion/sync-client";

/** A record of the simulated app: fields of each policy. Its values tell who wrote them, and when (see `tokens.ts`). */
export interface Note {
  readonly a?: string;
  readonly b?: string;
  /** The newer one stays. */
  readonly n?: string;
  readonly tags?: readonly string[];
}

export const noteType = "contacts";
export const preferenceType = "preferences";
export type { Preference };

export const simDataTypes: readonly DataType[] = [
  defineDataType<Note>({ name: noteType, merge: { default: "ask", fields: { n: "newer", tags: "set" } } }) as never,
  preferences() as never,
];

export const dataTypeNames = [noteType, preferenceType] as const;
