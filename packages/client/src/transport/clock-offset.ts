import { readHttpDate } from "./read-http-date.ts";

/** Within this the device's clock is as good as the `Date` header, which counts seconds, can tell. */
const toleranceMs = 2_000;
/** The median of so many needs more than one outlier to be wrong. */
const keptSamples = 5;
/** An answer that took longer says too little about when it was written. */
const maxRoundTripMs = 10_000;

/** How far the server's clock is ahead of this device's, as seen from its replies. */
export class ClockOffset {
  readonly #samples: number[] = [];
  #offsetMs: number;

  /** `knownMs`: what it was when this device last heard of the server. */
  constructor(knownMs = 0) {
    this.#offsetMs = knownMs;
  }

  /** Server time minus device time, in milliseconds; 0 while it is unknown or too small to tell. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** By the device's clock: when the request went and when the answer began. `dateHeader` is the answer's `Date`. */
  observe(sentAtMs: number, receivedAtMs: number, dateHeader: string | null): void {
    const serverMs = readHttpDate(dateHeader);
    const roundTripMs = receivedAtMs - sentAtMs;
    if (Number.isNaN(serverMs) || roundTripMs < 0 || roundTripMs > maxRoundTripMs) return;
    // The header is cut to the second: half a second is added for what is missing on average.
    this.#samples.push(serverMs + 500 - (sentAtMs + roundTripMs / 2));
    if (this.#samples.length > keptSamples) this.#samples.shift();
    if (this.#samples.length < 2) return;
    const median = lowerMedian(this.#samples);
    this.#offsetMs = Math.abs(median) <= toleranceMs ? 0 : Math.round(median);
  }
}

/** Of the two in the middle the one nearer to zero: a single strange answer moves nothing. */
function lowerMedian(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1]!;
  const lower = sorted[(sorted.length - 1) >> 1]!;
  return Math.abs(lower) <= Math.abs(upper) ? lower : upper;
}
