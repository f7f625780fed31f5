export interface ImportOptions {
  /** Of a sealed export. */
  readonly password?: string;
  /** `preview` reads and checks everything, counts, and changes nothing. */
  readonly mode?: "merge" | "preview";
  /** Records that were deleted here live again; true when absent. */
  readonly bringBack?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (records: number) => void;
}

export interface ImportReport {
  /** Was not here, and is now; also what had been deleted. */
  readonly added: number;
  /** Has newer values of the import now. */
  readonly updated: number;
  readonly unchanged: number;
  /** Differs, and what is here is newer: it stays. */
  readonly kept: number;
  /** Differs, and nothing tells which is newer: what is here stays, and a conflict asks the person. */
  readonly clashing: number;
  /** Was deleted here and stays so, because of `bringBack: false`. */
  readonly stayedDeleted: number;
  /** Of data types that this app does not sync. */
  readonly unknownTypes: Readonly<Record<string, number>>;
  /** Cannot be records here: no id, no JSON, too large. */
  readonly invalid: number;
  /** Secret fields that were left out, because this app does not sync them. */
  readonly secretsDropped: number;
  /** Open conflicts of the export that are open here now. */
  readonly conflicts: number;
}

export type MutableReport = { -readonly [Name in keyof ImportReport]: ImportReport[Name] } & {
  unknownTypes: Record<string, number>;
};

export const emptyReport = (): MutableReport => ({
  added: 0,
  updated: 0,
  unchanged: 0,
  kept: 0,
  clashing: 0,
  stayedDeleted: 0,
  unknownTypes: {},
  invalid: 0,
  secretsDropped: 0,
  conflicts: 0,
});
