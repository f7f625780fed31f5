import type { WriteTransaction } from "../store/store.ts";
import { nextStamp } from "./device-clock.ts";
import { putOutbox } from "./edit-record.ts";
import { type EngineContext, typeOf } from "./engine-context.ts";
import { judgeView, viewTables } from "./judge-views.ts";

const rowsPerStep = 200;

/**
 * Makes the plaintext index what the envelopes say, wherever no edit waits. A record that is visible without an envelope or an
 * edit behind it is taken for an edit: it is sent, never dropped. Answers how many were not right.
 */
export async function rebuildViews(context: EngineContext, dataType: string): Promise<number> {
  const type = typeOf(context, dataType);
  let repaired = 0;
  const repair = async (tx: WriteTransaction, key: string): Promise<void> => {
    const judged = await judgeView(context, tx, type, key);
    if (judged.state === "right") return;
    repaired += 1;
    if (judged.state === "orphan") {
      const nowMs = context.correctedNow();
      const stamp = await nextStamp(tx, nowMs, context.deviceId());
      await putOutbox(tx, key, judged.recordId, "put", { nowMs, stamp, held: null, confirmation: null });
    } else if (judged.wanted === null) await tx.delete("views", key);
    else await tx.put("views", judged.wanted);
  };
  for (const table of ["records", "views"] as const) {
    for (let after = ""; ;) {
      const range = { prefix: `${dataType}/`, after, limit: rowsPerStep };
      const last = await context.store.write([...viewTables, "meta"], async (tx) => {
        const rows = await tx.scan(table, range);
        for (const { key } of rows) await repair(tx, key);
        return rows.length < rowsPerStep ? null : rows.at(-1)!.key;
      });
      if (last === null) break;
      after = last;
    }
  }
  if (repaired > 0) {
    context.events.emit({ type: "change", dataType, recordIds: null });
    context.store.announce({ type: "changed", dataType, recordIds: null });
  }
  return repaired;
}
