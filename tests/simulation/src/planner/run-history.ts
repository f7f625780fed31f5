import type { Cursor } from "../../../../packages/server/src/sync/cursor.ts";
import { type CursorVerdict, type EpochStart, judgeCursor } from "../../../../packages/server/src/sync/judge-cursor.ts";
import type { Counts } from "./run-case.ts";
import type { HistoryStep } from "./steps.ts";
import { hold } from "./violation.ts";

/** What only the harness knows: the batches whose changes a cursor stands for, in order. */
interface TakenCursor {
  readonly cursor: Cursor;
  readonly batches: readonly number[];
}

interface History {
  /** Of each version, the batch that wrote it. */
  log: readonly number[];
  horizon: number;
  /** Batches of versions below it are forgotten. */
  keptFrom: number;
  epochs: readonly EpochStart[];
}

/**
 * A collection that is written, purged, forgotten and cut, and cursors of it. The production judge must let a cursor go on only
 * where everything that it stands for is still what it was (S-I14), and nothing was purged behind it (S-I9); and nobody may
 * be sent back for nothing.
 */
export function runHistory(steps: readonly HistoryStep[], counts: Counts): void {
  const history: History = { log: [], horizon: 0, keptFrom: 0, epochs: [{ epoch: "e0", version: 0 }] };
  const cursors: TakenCursor[] = [];
  let batches = 0;
  let epochs = 1;
  const begin = (version: number | null) => {
    history.epochs = [...history.epochs, { epoch: `e${(epochs += 1)}`, version }];
  };
  const judgeAll = () => {
    for (const taken of cursors) {
      const verdict = judge(taken, history);
      counts.set(`cursor ${verdict}`, (counts.get(`cursor ${verdict}`) ?? 0) + 1);
      // The server begins an epoch when it finds out by itself, and does not know where the cut was.
      if (verdict === "broken") begin(null);
    }
  };
  for (const step of steps) {
    const head = history.log.length;
    switch (step.do) {
      case "write":
        batches += 1;
        history.log = [...history.log, ...Array<number>(step.changes).fill(batches)];
        break;
      case "take":
        cursors.push(takeCursor(history));
        break;
      case "cut":
        if (step.to >= head) break;
        history.log = history.log.slice(0, step.to);
        history.horizon = Math.min(history.horizon, step.to);
        history.keptFrom = Math.min(history.keptFrom, step.to);
        if (step.isNoticed) begin(step.to);
        break;
      case "purge":
        history.horizon = Math.max(history.horizon, Math.min(step.to, head));
        break;
      case "forget":
        history.keptFrom = Math.max(history.keptFrom, Math.min(step.to, head));
    }
    judgeAll();
  }
}

function takeCursor({ log, epochs }: History): TakenCursor {
  const version = log.length;
  const tag = version === 0 ? Buffer.alloc(8) : tagOf(log[version - 1]!);
  const { epoch } = epochs.at(-1)!;
  const place = { version, tag, anchor: null, isFirst: false, wantsTombstones: false, asOf: null };
  return { cursor: { epoch, ...place }, batches: log };
}

function judge({ cursor, batches }: TakenCursor, { log, horizon, keptFrom, epochs }: History): CursorVerdict {
  const { version } = cursor;
  // A collection's newest batch is kept for ever.
  const isKept = version > keptFrom || log[version - 1] === log.at(-1);
  const tag = version === 0 || version > log.length || !isKept ? null : tagOf(log[version - 1]!);
  const ground = { epoch: epochs.at(-1)!.epoch, head: log.length, horizon, historyHorizon: 0, tag, epochs };
  const verdict = judgeCursor(cursor, ground);
  const isShared = batches.every((batch, i) => log[i] === batch);
  const told = () => `${verdict} for a cursor at ${version} of ${batches.join(" ")}; the log is ${log.join(" ")}`;
  if (verdict === "good") {
    hold(isShared, "S-I14", told);
    hold(version >= horizon, "S-I9", told);
  }
  if (verdict === "broken") hold(!isShared, "S-I14", told);
  const isOfNow = cursor.epoch === ground.epoch;
  if (isOfNow && isShared && version >= horizon && (tag !== null || version === 0)) {
    hold(verdict === "good", "R19", told);
  }
  return verdict;
}

function tagOf(batch: number): Buffer {
  const tag = Buffer.alloc(8);
  tag.writeUInt32BE(batch, 4);
  return tag;
}
