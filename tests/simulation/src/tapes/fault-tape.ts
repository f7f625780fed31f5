import { Random } from "./random.ts";

/** One decision that was not the benign one. */
export interface TapeEntry {
  /** Who decides what, such as `net/A`; each stream counts its own decisions. */
  readonly stream: string;
  readonly index: number;
  readonly kind: string;
  readonly value: number;
}

export interface Choice {
  readonly kind: string;
  /** 32 bits of chance for whatever the kind needs; 0 is the mildest. */
  readonly value: number;
}

/** How likely each kind is at one place; what is not named never happens. */
export type Rates = Readonly<Record<string, number>>;

/**
 * The schedule and fault tape: every choice is a place in a stream, and only choices that are not benign are written down. So a
 * replay that leaves something out moves nothing in other streams, and a place without an entry is benign.
 */
export class FaultTape {
  readonly #seed: number;
  readonly #recorded: ReadonlyMap<string, ReadonlyMap<number, TapeEntry>> | null;
  readonly #streams = new Map<string, { readonly random: Random; index: number }>();
  /** What was drawn and was not benign. */
  readonly entries: TapeEntry[] = [];
  /** During the wind-down everything is benign. */
  isOver = false;

  constructor(seed: number, recorded: readonly TapeEntry[] | null = null) {
    this.#seed = seed;
    this.#recorded = recorded === null ? null : byStream(recorded);
  }

  /** One of the kinds, or null: nothing happens. */
  choose(stream: string, rates: Rates): Choice | null {
    if (this.isOver) return null;
    const state = this.#stream(stream);
    const index = state.index;
    state.index += 1;
    if (this.#recorded !== null) {
      const entry = this.#recorded.get(stream)?.get(index);
      if (entry === undefined) return null;
      this.entries.push(entry);
      return entry;
    }
    let left = state.random.fraction();
    for (const kind in rates) {
      left -= rates[kind]!;
      if (left < 0) return this.#record(stream, index, kind, state.random.u32());
    }
    return null;
  }

  /** A number from 0 to below n; 0 is benign. */
  number(stream: string, n: number): number {
    if (this.isOver) return 0;
    const state = this.#stream(stream);
    const index = state.index;
    state.index += 1;
    if (this.#recorded !== null) {
      const entry = this.#recorded.get(stream)?.get(index);
      if (entry === undefined) return 0;
      this.entries.push(entry);
      return Math.min(entry.value, n - 1);
    }
    const value = state.random.below(n);
    if (value > 0) this.#record(stream, index, "number", value);
    return value;
  }

  #record(stream: string, index: number, kind: string, value: number): Choice {
    const entry: TapeEntry = { stream, index, kind, value };
    this.entries.push(entry);
    return entry;
  }

  #stream(stream: string) {
    let state = this.#streams.get(stream);
    if (state === undefined) {
      state = { random: new Random(this.#seed, stream), index: 0 };
      this.#streams.set(stream, state);
    }
    return state;
  }
}

function byStream(entries: readonly TapeEntry[]): Map<string, Map<number, TapeEntry>> {
  const streams = new Map<string, Map<number, TapeEntry>>();
  for (const entry of entries) {
    let stream = streams.get(entry.stream);
    if (stream === undefined) streams.set(entry.stream, (stream = new Map()));
    stream.set(entry.index, entry);
  }
  return streams;
}
