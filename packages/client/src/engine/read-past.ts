import { isSyncError, SyncError } from "../errors.ts";
import type { PullAsOfInput } from "../transport/api.ts";
import type { Page, RemoteRow } from "../transport/replies.ts";
import type { EngineContext } from "./engine-context.ts";

/** `details` of HISTORY_EXPIRED. */
export interface HistoryReach {
  /** RFC 3339: whatever was purged before, from here on the past is whole. */
  readonly since: string;
}

/**
 * The records of a collection as they stood at a version or time, page by page. Throws HISTORY_EXPIRED, whose `details` tell
 * how far back one can go.
 */
export async function* readPast(
  context: EngineContext,
  dataType: string,
  asOf: number | string,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly version: number; readonly rows: readonly RemoteRow[] }> {
  for (let input: PullAsOfInput = { dataType, asOf }; ;) {
    const page = await readPage(context, input, signal);
    const version = page.asOf!;
    yield { version, rows: page.rows };
    if (!page.hasMore) return;
    input = { dataType, cursor: page.nextCursor };
  }
}

async function readPage(context: EngineContext, input: PullAsOfInput, signal?: AbortSignal): Promise<Page> {
  const call = signal === undefined ? {} : { signal };
  try {
    return await context.api.pullAsOf(input, call);
  } catch (error) {
    if (!isSyncError(error, "HISTORY_EXPIRED")) throw error;
    const { retention } = await context.api.config(call);
    // However long the server says that it keeps history: before 1970 there is none.
    const sinceMs = Math.max(0, context.correctedNow() - retention.historyDays * 24 * 60 * 60 * 1000);
    // A date of one's own making: no clock is asked.
    const since = new Date(sinceMs).toISOString();
    throw new SyncError("HISTORY_EXPIRED", {
      message: `The history does not reach back that far; it is whole since ${since}.`,
      details: { since } satisfies HistoryReach,
      cause: error,
    });
  }
}
