import { isSyncError, SyncError } from "../errors.ts";
import type { CollectionRow, Walk } from "../store/rows.ts";
import type { Page, StoredProof } from "../transport/replies.ts";
import { epochChangeOf } from "../transport/reply-error.ts";
import { cutBelowAcknowledged } from "./acknowledged-ahead.ts";
import { cutBeforeWalk } from "./cut-before-walk.ts";
import { appliedTables } from "./apply-rows.ts";
import { applyWithin, type CollectionChanges, openLedger, tellApplied } from "./commit-rows.ts";
import { readCollection } from "./collection-ledger.ts";
import { type EngineContext, unlockedKeys } from "./engine-context.ts";
import { openRows } from "./open-rows.ts";
import { sweep } from "./sweep.ts";
import { raiseAlarm } from "./verify-head.ts";
import { beginWalk, cutVersionAfter, type WalkReason } from "./walk.ts";

export interface PullOptions {
  readonly signal?: AbortSignal;
  /** Live records of the collection, as the server says: for the progress of a first download. */
  readonly totalRecords?: number;
  readonly onProgress?: (walk: Walk) => void;
}

export interface Pulled {
  readonly rows: number;
  readonly collection: CollectionRow;
  /** The newest proof that came with a page. */
  readonly proof: StoredProof | null;
}

/** A server that sends a device back to the beginning again and again is not obeyed for ever. */
const maxWalks = 3;

/** Brings a collection to the server's head: page by page, rows and cursor in one transaction, from wherever it stopped. */
export async function pullToHead(context: EngineContext, dataType: string, options: PullOptions = {}): Promise<Pulled> {
  let rows = 0;
  let ahead: PageAhead | null = null;
  for (let walks = 0; ;) {
    const before = await context.store.read(["collections"], async (tx) => await readCollection(tx, dataType));
    if (before.walk?.sweptTo != null) {
      await sweep(context, dataType);
      continue;
    }
    if (before.cursor === null && before.walk === null) {
      await beginWalk(context, dataType, { cause: "first" });
      continue;
    }
    let page: Page;
    try {
      const isAhead: boolean =
        ahead !== null && ahead.cursor === before.cursor && ahead.generation === before.generation;
      page = await (isAhead ? ahead!.page : requestPage(context, before, options));
    } catch (error) {
      const reason = walkReasonOf(error, before);
      if (reason === null || walks === maxWalks) throw error;
      walks += 1;
      await beginWalk(context, dataType, reason);
      ahead = null;
      continue;
    }
    const cut = cutBelowAcknowledged(before, page) ?? (await cutBeforeWalk(context, before, page, options.signal));
    if (cut !== null) {
      if (walks === maxWalks) throw new SyncError("INVALID_REPLY");
      walks += 1;
      await beginWalk(context, dataType, cut);
      ahead = null;
      continue;
    }
    await checkProgress(context, before, page);
    ahead = page.hasMore ? askAhead(context, { ...before, cursor: page.nextCursor }, options) : null;
    await commitPage(context, before, page, options);
    rows += page.rows.length;
    if (page.hasMore) continue;
    await sweep(context, dataType);
    const collection = await context.store.read(["collections"], async (tx) => await readCollection(tx, dataType));
    return { rows, collection, proof: page.proof };
  }
}

/** Whether a refusal sends the device back to the beginning, and what is known of the cut. */
export function walkReasonOf(error: unknown, collection: CollectionRow): WalkReason | null {
  if (isSyncError(error, "CURSOR_EXPIRED")) return { cause: "expired" };
  if (isSyncError(error, "EPOCH_CHANGED")) {
    return { cause: "epoch", cutVersion: cutVersionAfter(collection.epoch, epochChangeOf(error)) };
  }
  // Of another life of the account or another server: nothing is known of what it has.
  if (isSyncError(error, "INVALID_CURSOR")) return { cause: "epoch", cutVersion: null };
  return null;
}

/** The page behind the one that is being applied: the network and this device work at the same time. */
interface PageAhead {
  readonly cursor: string;
  readonly generation: number;
  readonly page: Promise<Page>;
}

function askAhead(
  context: EngineContext,
  collection: CollectionRow & { readonly cursor: string },
  options: PullOptions,
): PageAhead {
  const page = requestPage(context, collection, options);
  // Whoever waits for it hears of its failure; when nobody does, it is asked for again.
  page.catch(() => {});
  return { cursor: collection.cursor, generation: collection.generation, page };
}

async function requestPage(context: EngineContext, collection: CollectionRow, options: PullOptions): Promise<Page> {
  const { key: dataType, cursor, walk } = collection;
  const call = options.signal === undefined ? {} : { signal: options.signal };
  if (cursor !== null) return await context.api.pullPage({ dataType, cursor }, call);
  const tombstones = walk !== null && walk.cause !== "first";
  return await context.api.pullPage({ dataType, cursor: "initial", ...(tombstones ? { tombstones } : {}) }, call);
}

async function commitPage(
  context: EngineContext,
  before: CollectionRow,
  page: Page,
  { onProgress, totalRecords }: PullOptions,
): Promise<void> {
  const dataType = before.key;
  const opened = openRows(unlockedKeys(context, dataType), page.rows);
  const applied = await context.store.write(appliedTables, async (tx) => {
    const ledger = await openLedger(context, tx, dataType);
    // Another tab was faster: its page is the same or a newer one.
    if (ledger.row.cursor !== before.cursor || ledger.row.generation !== before.generation) return null;
    ledger.row = { ...ledger.row, horizon: page.horizon, walk: withinHead(ledger.row.walk, page.head) };
    const result = await applyWithin(context, tx, ledger, opened);
    const problem = result.violations[0]?.problem ?? regression(before, page);
    await ledger.save(tx, {
      ...nextPlace(ledger.row, page, totalRecords),
      ...(problem === null ? {} : { alarm: problem }),
      lastSyncMs: context.correctedNow(),
    });
    return { result, walk: before.walk === null ? null : walkAfter(before.walk, page, totalRecords), problem };
  });
  if (applied === null) return;
  tellApplied(context, dataType, applied.result);
  if (applied.problem !== null && applied.result.violations.length === 0) {
    context.events.emit({ type: "integrity", dataType, problem: applied.problem, recordId: null });
  }
  if (applied.walk !== null) onProgress?.(applied.walk);
}

/** Where a collection stands after a page. */
export function nextPlace(row: CollectionRow, page: Page, totalRecords?: number): CollectionChanges {
  const { nextCursor: cursor, epoch, horizon } = page;
  const position = page.hasMore ? (page.rows.at(-1)?.version ?? row.position) : page.head;
  const { walk } = row;
  if (walk === null) return { cursor, epoch, horizon, position };
  // A first download has seen everything that is here.
  const isOver = !page.hasMore && walk.cause === "first" && row.generation <= 1;
  return { cursor, epoch, horizon, position, walk: isOver ? null : walkAfter(walk, page, totalRecords) };
}

function walkAfter(walk: Walk, page: Page, totalRecords?: number): Walk {
  const bytes = page.rows.reduce((sum, { envelope }) => sum + (envelope?.length ?? 0), 0);
  return {
    ...walk,
    startHead: walk.startHead ?? page.head,
    receivedRecords: walk.receivedRecords + page.rows.length,
    receivedBytes: walk.receivedBytes + bytes,
    totalRecords: totalRecords ?? walk.totalRecords,
    sweptTo: page.hasMore ? null : "",
  };
}

/**
 * A walk that leads nowhere would go on without end: behind a cursor there are only newer versions. If there are older ones, this or
 * an earlier answer was a lie, and asking again will not tell which: a person has to decide.
 */
async function checkProgress(context: EngineContext, before: CollectionRow, page: Page): Promise<void> {
  const isBehind = before.cursor !== null && page.rows.length > 0 && page.rows[0]!.version <= before.position;
  if (isBehind && before.alarm === null) await raiseAlarm(context, before.key, "cursor_went_back");
  if (isBehind || (page.hasMore && page.nextCursor === before.cursor)) {
    throw new SyncError("INVALID_REPLY", {
      message: "The server's answer breaks the protocol: the cursor stands still.",
    });
  }
}

/** The head never goes back, but where the server has said that its history was cut: a new epoch alone does not say that. */
function regression(before: CollectionRow, page: Page): string | null {
  if (before.walk?.cause === "epoch" || page.head >= before.position) return null;
  return "head_went_back";
}

/** An epoch begins at a version that the server had: a cut above its head is none, and hides what is newer than the head. */
function withinHead(walk: Walk | null, head: number): Walk | null {
  if (walk === null || walk.cutVersion === null || walk.startHead !== null) return walk;
  return { ...walk, cutVersion: Math.min(walk.cutVersion, head) };
}
