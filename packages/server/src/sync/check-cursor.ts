import { ApiError } from "../errors.ts";
import { judgeCursor, type CursorGround } from "./judge-cursor.ts";
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

/** The request speaks of another epoch. */
export class OtherEpoch extends Error {}

/** Throws unless the cursor may go on from this snapshot (rules 15 to 19). */
export function checkCursor(cursor: Cursor, ground: CursorGround): void {
  const verdict = judgeCursor(cursor, ground);
  if (verdict === "good") return;
  if (verdict === "broken") throw new BrokenLineage(ground.epoch);
  if (verdict === "EPOCH_CHANGED") throw new OtherEpoch("the cursor is of another epoch");
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
    const epochs = await store.listEpochs(key);
    throw new ApiError("EPOCH_CHANGED", { details: { epoch: epochs.at(-1)?.epoch, epochs }, cause: error });
  }
}
