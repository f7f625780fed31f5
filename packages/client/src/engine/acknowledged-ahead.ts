import type { CollectionRow } from "../store/rows.ts";
import type { WalkReason } from "./walk.ts";

/**
 * Why to read a collection again although the server lets the cursor go on: a cursor vouches for what is at or below it, and a push
 * whose reply told only a part of what others did was acknowledged above it. In another epoch, or above the head, that may be gone;
 * the walk finds out, and what the server lost is sent again. Null: nothing is ahead, or all is well.
 */
export function cutBelowAcknowledged(
  { walk, epoch, position, acknowledgedTo = 0 }: CollectionRow,
  server: { readonly epoch: string; readonly head: number },
): WalkReason | null {
  if (walk !== null || epoch === null || acknowledgedTo <= position) return null;
  const isGone = server.epoch !== epoch || server.head < acknowledgedTo;
  return isGone ? { cause: "epoch", cutVersion: position } : null;
}
