import { recordKey, type MarkRow } from "../store/rows.ts";
import { confirmDeletions } from "../engine/delete-records.ts";
import { acceptStaged, dropUnconfirmed, keepUnconfirmed, rejectStaged } from "../engine/decide-marks.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import { undoDeletions } from "../engine/undo-deletions.ts";
import { SyncError } from "../errors.ts";
import type { WriteTransaction } from "../store/store.ts";
import type { Edits } from "./edits.ts";

/** A record that waits for the person. */
export interface WaitingRecord {
  readonly dataType: string;
  readonly recordId: string;
  /** `many`, `unsealed`; `expired`, `epoch`, `repair`. */
  readonly reason: string;
  readonly sinceMs: number;
}

export interface Choice {
  /** All of the data type when absent. */
  readonly recordIds?: readonly string[];
}

/** Decisions about many deletions at once, here or elsewhere. Each answers how many records it was about. */
export interface Deletions {
  /** This device's own deletions beyond the limit of an hour: how many wait, by data type. */
  held(): Promise<ReadonlyMap<string, number>>;
  /** They are meant: send them. Throws NOTHING_TO_CONFIRM. */
  confirm(dataType: string): Promise<number>;
  /** They are not meant: the records are there again. Throws NOTHING_TO_CONFIRM. */
  undo(dataType: string): Promise<number>;
  /** Deletions from elsewhere that nobody confirmed, or that nobody sealed. Their records are visible still. */
  staged(dataType?: string): Promise<WaitingRecord[]>;
  accept(dataType: string, choice?: Choice): Promise<number>;
  reject(dataType: string, choice?: Choice): Promise<number>;
  /** Records that the server does not offer any more, while nothing proves that they were deleted. They are hidden. */
  unconfirmed(dataType?: string): Promise<WaitingRecord[]>;
  /** They are wanted: send them again. */
  keep(dataType: string, choice?: Choice): Promise<number>;
  forget(dataType: string, choice?: Choice): Promise<number>;
}

type Decide = (tx: WriteTransaction, dataType: string, chosen: ReadonlySet<string> | null) => Promise<string[]>;

export function createDeletions(context: EngineContext, edits: Edits): Deletions {
  const listMarks = async (kind: MarkRow["kind"], dataType?: string): Promise<WaitingRecord[]> => {
    const prefix = dataType === undefined ? "" : recordKey(dataType, "");
    const marks = await context.store.read(["marks"], async (tx) => await tx.scan("marks", { prefix }));
    return marks
      .filter((mark) => mark.kind === kind)
      .map(({ key, recordId, reason, sinceMs }) => ({ dataType: key.split("/", 1)[0]!, recordId, reason, sinceMs }));
  };
  const decide =
    (work: Decide) =>
    async (dataType: string, choice: Choice = {}) =>
      await edits.run(dataType, async (tx) => {
        const chosen = choice.recordIds === undefined ? null : new Set(choice.recordIds);
        const changedIds = await work(tx, dataType, chosen);
        return { value: changedIds.length, changedIds };
      });

  return {
    async held() {
      const rows = await context.store.read(["outbox"], async (tx) => await tx.scan("outbox", { prefix: "" }));
      const counts = new Map<string, number>();
      for (const { key, held } of rows) {
        const dataType = key.split("/", 1)[0]!;
        if (held === "deletions") counts.set(dataType, (counts.get(dataType) ?? 0) + 1);
      }
      return counts;
    },
    confirm: async (dataType) =>
      await edits.run(dataType, async (tx) => {
        const count = await confirmDeletions(context, tx, dataType);
        if (count === 0) throw new SyncError("NOTHING_TO_CONFIRM");
        // Nothing looks different; the outbox does.
        return { value: count, changedIds: [""] };
      }),
    undo: async (dataType) =>
      await edits.run(dataType, async (tx) => {
        const changedIds = await undoDeletions(context, tx, dataType);
        if (changedIds.length === 0) throw new SyncError("NOTHING_TO_CONFIRM");
        return { value: changedIds.length, changedIds };
      }),
    staged: async (dataType) => await listMarks("staged", dataType),
    accept: decide(async (tx, dataType, chosen) => await acceptStaged(context, tx, dataType, chosen)),
    reject: decide(async (tx, dataType, chosen) => await rejectStaged(context, tx, dataType, chosen)),
    unconfirmed: async (dataType) => await listMarks("unconfirmed", dataType),
    keep: decide(async (tx, dataType, chosen) => await keepUnconfirmed(context, tx, dataType, chosen)),
    forget: decide(dropUnconfirmed),
  };
}
