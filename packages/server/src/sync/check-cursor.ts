import { ApiError } from "../errors.ts";
import { judgeCursor, type CursorGround, type EpochStart } from "./judge-cursor.ts";
import type { Cursor } from "./cursor.ts";
import type { CollectionKey, DeltaStore } from "./store.ts";

/** The history was cut and no epoch tells so yet; `reportingEpochs` begins one. */
class BrokenLineage extends Error {
  readonly epoch: string;

  constructor(epoch: string) {
    super("a cursor does not fit the history");
    this.epoch = epoch;
  }
}

/** The request speaks of another epoch. Where those after `unprovenSince` began tells nothing about what it lost. */
export class OtherEpoch extends Error {
  readonly unprovenSince: string | null;

  constructor(message: string, unprovenSince: string | null = null) {
    super(message);
    this.unprovenSince = unprovenSince;
  }
}

/** Throws unless the cursor may go on from this snapshot (rules 15 to 19). */
export function checkCursor(cursor: Cursor, ground: CursorGround): void {
  const verdict = judgeCursor(cursor, ground);
  if (verdict === "good") return;
  if (verdict === "broken") throw new BrokenLineage(ground.epoch);
  if (verdict === "EPOCH_CHANGED") throw new OtherEpoch("the cursor is of another epoch");
  if (verdict === "unproven") throw new OtherEpoch("the history was cut before an epoch began", cursor.epoch);
  throw belowHorizon(verdict, ground);
}

/** Something that the request would have to be told has been purged; says where the collection's horizons are. */
export function belowHorizon(
  code: "CURSOR_EXPIRED" | "HISTORY_EXPIRED",
  { horizon, historyHorizon }: Pick<CursorGround, "horizon" | "historyHorizon">,
): ApiError {
  return new ApiError(code, { details: { horizon, history_horizon: historyHorizon } });
}

/**
 * Runs a request; when it meets another epoch the answer lists all epochs with where this collection stood. Outside the
 * transaction that found out, which is rolled back.
 */
export async function reportingEpochs<T>(store: DeltaStore, key: CollectionKey, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BrokenLineage) await store.beginEpoch(error.epoch);
    else if (!(error instanceof OtherEpoch)) throw error;
    const unproven = error instanceof OtherEpoch ? error.unprovenSince : null;
    const epochs = forgetStarts(await store.listEpochs(key), unproven);
    throw new ApiError("EPOCH_CHANGED", { details: { epoch: epochs.at(-1)?.epoch, epochs }, cause: error });
  }
}

/** The list with no versions after the given epoch. */
function forgetStarts(epochs: readonly EpochStart[], since: string | null): readonly EpochStart[] {
  const index = since === null ? -1 : epochs.findIndex(({ epoch }) => epoch === since);
  return index === -1 ? epochs : epochs.map((start, i) => (i > index ? { ...start, version: null } : start));
}
