import { limits } from "@owlivion/sync-protocol";
import { ApiError } from "../errors.ts";
import { decodeAnswer, encodeAnswer, type Answer } from "./answer.ts";
import { checkCursor, OtherEpoch, reportingEpochs } from "./check-cursor.ts";
import { lineageVersion, tombstoneFloor, type Cursor } from "./cursor.ts";
import { decideBatch } from "./decide-batch.ts";
import type { Outcome, Quota } from "./model.ts";
import { nextCursor } from "./position.ts";
import type { BatchRequest, CurrentRecord, DeltaStore, OpenBatch, Page } from "./store.ts";

/** What became of a batch, before it is rendered. */
export interface UploadResult {
  readonly head: number;
  readonly epoch: string;
  readonly answer: Answer;
  readonly headBefore: number;
  readonly firstChangedAt: number;
  readonly currents: ReadonlyMap<string, CurrentRecord>;
  /** What others wrote since the cursor of the push, and where the next cursor stands. */
  readonly delta: { readonly page: Page; readonly next: Cursor } | null;
  readonly isReplay: boolean;
  readonly appliedCount: number;
}

/** `POST /sync/:data_type/delta`: one batch, one transaction (rules 1 to 14). */
export function uploadDelta(
  store: DeltaStore,
  request: BatchRequest,
  cursor: Cursor | null,
  quota: Quota,
): Promise<UploadResult> {
  return reportingEpochs(store, request, () =>
    store.withBatch(request, (open) =>
      open.replay === null ? judgeAndApply(open, request, cursor, quota) : replay(open, open.replay, request, cursor),
    ),
  );
}

async function judgeAndApply(
  open: OpenBatch,
  request: BatchRequest,
  cursor: Cursor | null,
  quota: Quota,
): Promise<UploadResult> {
  const { batch } = request;
  if (batch.epoch === null && batch.changes.some((change) => change.baseVersion !== null)) {
    throw new ApiError("EPOCH_REQUIRED");
  }
  if (batch.epoch !== null && batch.epoch !== open.epoch) throw new OtherEpoch("the batch is of another epoch");
  // Before anything is applied: a cursor that may not go on refuses the batch. What the batch itself replaces is left
  // out below.
  const page = cursor === null ? null : await readDelta(open, cursor);

  const decision = decideBatch(open.state, batch, quota);
  if (decision === "quota") {
    throw new ApiError("QUOTA_EXCEEDED", {
      details: { max_records: quota.maxRecords, max_bytes: quota.maxBytes, ...open.state.usage },
    });
  }
  const currents = await readConflicts(open, request, decision.outcomes);
  const answer = encodeAnswer(decision, open.state.now);
  const batchTag = await open.apply(decision, answer);
  const head = open.state.head + decision.rows.length;
  return {
    head,
    epoch: open.epoch,
    answer: { outcomes: decision.outcomes, syncedAt: open.state.now, clockSkewMs: decision.clockSkewMs },
    headBefore: open.state.head,
    firstChangedAt: decision.firstChangedAt,
    currents,
    delta:
      page === null || cursor === null
        ? null
        : {
            page: withoutRecords(page, appliedIds(request, decision.outcomes)),
            next: nextCursor(cursor, page, decision.rows.length === 0 ? null : { head, tag: batchTag }),
          },
    isReplay: false,
    appliedCount: decision.rows.length,
  };
}

async function replay(
  open: OpenBatch,
  stored: NonNullable<OpenBatch["replay"]>,
  request: BatchRequest,
  cursor: Cursor | null,
): Promise<UploadResult> {
  if (!stored.isSameRequest) throw new ApiError("IDEMPOTENCY_KEY_REUSED");
  const answer = decodeAnswer(stored.answer, stored.headBefore);
  // A cursor that expired since the first answer costs the delta, never the results.
  const page =
    cursor === null
      ? null
      : await readDelta(open, cursor, { from: stored.headBefore, to: stored.headAfter }).catch((error: unknown) => {
          if (error instanceof ApiError || error instanceof OtherEpoch) return null;
          throw error;
        });
  return {
    head: stored.headAfter,
    epoch: open.epoch,
    answer,
    headBefore: stored.headBefore,
    firstChangedAt: stored.firstChangedAt,
    currents: await readConflicts(open, request, answer.outcomes),
    delta: page === null || cursor === null ? null : { page, next: nextCursor(cursor, page, null) },
    isReplay: true,
    appliedCount: 0,
  };
}

async function readDelta(open: OpenBatch, cursor: Cursor, except?: { from: number; to: number }): Promise<Page> {
  const page = await open.readPage({
    after: cursor.version,
    limit: limits.maxPageRows,
    tombstonesAfter: tombstoneFloor(cursor),
    lineageVersion: lineageVersion(cursor),
    ...(except === undefined ? {} : { except }),
  });
  checkCursor(cursor, page.head);
  return page;
}

function readConflicts(open: OpenBatch, request: BatchRequest, outcomes: readonly Outcome[]) {
  const ids = new Set(
    outcomes.flatMap((outcome, i) => (outcome.status === "conflict" ? [request.batch.changes[i]!.recordId] : [])),
  );
  return ids.size === 0 ? new Map<string, CurrentRecord>() : open.readCurrent([...ids]);
}

function appliedIds(request: BatchRequest, outcomes: readonly Outcome[]): Set<string> {
  return new Set(
    outcomes.flatMap((outcome, i) => (outcome.status === "applied" ? [request.batch.changes[i]!.recordId] : [])),
  );
}

function withoutRecords(page: Page, ids: ReadonlySet<string>): Page {
  return { ...page, rows: page.rows.filter((row) => !ids.has(row.recordId)) };
}
