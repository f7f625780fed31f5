import { randomRecordId } from "@owlivion/sync-crypto";
import type { CollectionRow } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import { newTimeUuid } from "../uuid.ts";
import { type AppliedRows, applyRows } from "./apply-rows.ts";
import { CollectionLedger, readCollection } from "./collection-ledger.ts";
import { deletionsLeft, logDeletions } from "./deletion-log.ts";
import { type EngineContext, typeOf, unlockedKeys } from "./engine-context.ts";
import type { OpenedRow } from "./open-rows.ts";

export type CollectionChanges = Partial<Omit<CollectionRow, "key" | "count" | "setHash">>;

/** Applies rows of the server as a part of `tx`. The caller saves the ledger, with the cursor, in the same transaction. */
export async function applyWithin(
  context: EngineContext,
  tx: WriteTransaction,
  ledger: CollectionLedger,
  rows: readonly OpenedRow[],
): Promise<AppliedRows> {
  const dataType = ledger.row.key;
  const nowMs = context.correctedNow();
  const { random } = context.ports;
  const applied = await applyRows(
    {
      tx,
      keys: unlockedKeys(context, dataType),
      ledger,
      type: typeOf(context, dataType),
      remote: { horizon: ledger.row.horizon, walk: ledger.row.walk },
      nowMs,
      newId: () => newTimeUuid(random, nowMs),
      newRecordId: () => randomRecordId(random),
      allowedDeletions: await deletionsLeft(tx, "incoming", dataType, ledger.row.count, nowMs),
    },
    rows,
  );
  await logDeletions(tx, "incoming", dataType, applied.deletions, nowMs);
  return applied;
}

export async function openLedger(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
): Promise<CollectionLedger> {
  return new CollectionLedger(await readCollection(tx, dataType), unlockedKeys(context, dataType));
}

/** After the commit: tells the application what has changed. */
export function tellApplied(context: EngineContext, dataType: string, applied: AppliedRows): void {
  const { changedIds, events, violations } = applied;
  if (changedIds.length > 0) {
    const message = { type: "changed", dataType, recordIds: changedIds.length > 1000 ? null : changedIds } as const;
    context.store.announce(message);
    context.events.emit({ ...message, type: "change" });
  }
  for (const event of events) context.events.emit(event);
  for (const { recordId, problem } of violations) {
    context.events.emit({ type: "integrity", dataType, problem, recordId });
  }
}
