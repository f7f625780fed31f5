import { isSyncError } from "../errors.ts";
import type { CollectionRow, Standpoint } from "../store/rows.ts";
import type { Page } from "../transport/replies.ts";
import { epochChangeOf } from "../transport/reply-error.ts";
import type { EngineContext } from "./engine-context.ts";
import { cutVersionAfter, mergedCut, type WalkReason } from "./walk.ts";

/**
 * Whether the server's history was cut between its refusal, which began the walk, and the first page. From then on the cursors of the
 * walk vouch for all that the page saw; but what it did not see, and the device had long before, would be taken for deleted. So the
 * server is asked once more about where the device stood. Null: it has that, or nothing that is not known.
 */
export async function cutBeforeWalk(
  context: EngineContext,
  { key: dataType, cursor, walk, acknowledgedTo = 0 }: CollectionRow,
  page: Pick<Page, "epoch">,
  signal: AbortSignal | undefined,
): Promise<WalkReason | null> {
  const isFirst = cursor === null;
  if (!isFirst || walk?.before == null || (walk.cause !== "expired" && walk.cause !== "epoch")) return null;
  const lost = await askAbout(context, dataType, walk.before, signal);
  // Acknowledged above the cursor, to which the server's word does not reach.
  const isAhead = page.epoch !== walk.before.epoch && acknowledgedTo > walk.before.position;
  const reason = lost ?? (isAhead ? ({ cause: "epoch", cutVersion: walk.before.position } as const) : null);
  const isKnown = reason !== null && walk.cause === "epoch" && mergedCut(walk, reason) === walk.cutVersion;
  return isKnown ? null : reason;
}

async function askAbout(
  context: EngineContext,
  dataType: string,
  { cursor, epoch }: Standpoint,
  signal: AbortSignal | undefined,
): Promise<(WalkReason & { readonly cause: "epoch" }) | null> {
  try {
    await context.api.pullPage({ dataType, cursor, limit: 1 }, signal === undefined ? {} : { signal });
    return null;
  } catch (error) {
    if (isSyncError(error, "CURSOR_EXPIRED")) return null;
    if (isSyncError(error, "INVALID_CURSOR")) return { cause: "epoch", cutVersion: null };
    if (!isSyncError(error, "EPOCH_CHANGED")) throw error;
    return { cause: "epoch", cutVersion: cutVersionAfter(epoch, epochChangeOf(error)) };
  }
}
