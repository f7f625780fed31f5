import type { WriteTransaction } from "../store/store.ts";
import { clearDeletions } from "./deletion-log.ts";
import { putOutbox } from "./edit-record.ts";
import { type EngineContext, typeOf, unlockedKeys } from "./engine-context.ts";
import { openKnown } from "./open-known.ts";
import { isSameValue } from "./reconcile-record.ts";
import { viewOf } from "./view-row.ts";

/** The person did not mean it: what this device deleted and holds back is there again. Answers the records. */
export async function undoDeletions(context: EngineContext, tx: WriteTransaction, dataType: string): Promise<string[]> {
  const keys = unlockedKeys(context, dataType);
  const type = typeOf(context, dataType);
  const nowMs = context.correctedNow();
  const restored: string[] = [];
  for (const row of await tx.scan("outbox", { prefix: `${dataType}/` })) {
    if (row.held !== "deletions") continue;
    const { key, recordId } = row;
    const known = await tx.get("records", key);
    const acknowledged = known === undefined ? null : openKnown(keys, known);
    const edited = row.undo === undefined ? null : openKnown(keys, { recordId, envelope: row.undo });
    await tx.delete("outbox", key);
    const content = edited ?? acknowledged;
    if (content?.kind !== "put") continue;
    await tx.put("views", viewOf(type, recordId, content));
    restored.push(recordId);
    if (edited === null || (acknowledged?.kind === "put" && isSameValue(content, acknowledged))) continue;
    await putOutbox(tx, key, recordId, "put", { nowMs, stamp: row.stamp, held: null, confirmation: null });
  }
  await clearDeletions(tx, "local", dataType);
  return restored;
}
