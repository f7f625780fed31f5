import type { Scope } from "../world/scope.ts";

/** What a test counted; `broken` names each promise that did not hold, by its rule. */
export interface Tally {
  rounds: number;
  /** Processes ended by SIGKILL, or what else the test is about: see `faults`. */
  kills: number;
  /** Changes whose acknowledgement a device received. */
  acknowledged: number;
  /** Acknowledged or local edits that are nowhere any more. Must be 0. */
  lost: number;
  /** Acknowledged changes that a server had lost and its devices brought back. */
  healed: number;
  /** Further counts, each by its name. */
  readonly counts: Record<string, number>;
  readonly broken: string[];
}

export interface TortureRun {
  readonly scope: Scope;
  /** How often the fault is to happen. */
  readonly count: number;
  readonly tally: Tally;
  /** Sometimes something a reader of the output wants to see. */
  note(text: string): void;
}

export interface TortureTest {
  readonly id: string;
  readonly title: string;
  /** How often in a short round, and in a campaign. */
  readonly short: number;
  readonly campaign: number;
  run(run: TortureRun): Promise<void>;
}

export const emptyTally = (): Tally => ({
  rounds: 0,
  kills: 0,
  acknowledged: 0,
  lost: 0,
  healed: 0,
  counts: {},
  broken: [],
});

export function count(tally: Tally, name: string, by = 1): void {
  tally.counts[name] = (tally.counts[name] ?? 0) + by;
}

export function countMost(tally: Tally, name: string, value: number): void {
  tally.counts[name] = Math.max(tally.counts[name] ?? 0, Math.round(value));
}
