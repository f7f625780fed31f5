import { naturalKeyOf } from "../data-types/natural-key.ts";
import { BufferedTransaction } from "../store/buffered-transaction.ts";
import { recordKey } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import { type Edited, type EditInput, editRecord } from "./edit-record.ts";
import { type EngineContext, typeOf, unlockedKeys } from "./engine-context.ts";
import { minSlots } from "./record-slots.ts";

/** What is edited between two looks into the store: long enough to be quick, short enough for a page to go on answering. */
const editsPerStep = 50;

/** Local edits in their order, as if each were made alone; what they read of the store is read some at a time. */
export async function editRecords(
  context: EngineContext,
  tx: WriteTransaction,
  dataType: string,
  inputs: readonly EditInput[],
): Promise<readonly Edited[]> {
  if (inputs.length === 1) return [await editRecord(context, tx, dataType, inputs[0]!)];
  const results: Edited[] = [];
  const buffered = new BufferedTransaction(tx);
  for (const table of ["records", "marks"] as const) await buffered.lookIfEmpty(table, recordKey(dataType, ""));
  for (let at = 0; at < inputs.length; at += editsPerStep) {
    const step = inputs.slice(at, at + editsPerStep);
    const keys = step.flatMap((input) => keysOf(context, dataType, input));
    await Promise.all((["views", "records", "marks"] as const).map((table) => buffered.load(table, keys)));
    for (const input of step) results.push(await editRecord(context, buffered, dataType, input));
    await buffered.flush();
  }
  return results;
}

/** Where the record of an edit is looked for first; what is elsewhere is read when it comes to that. */
function keysOf(context: EngineContext, dataType: string, { recordId, fields }: EditInput): readonly string[] {
  if (recordId !== null) return [recordKey(dataType, recordId)];
  const naturalKey = naturalKeyOf(typeOf(context, dataType), fields);
  if (naturalKey === null) return [];
  const keys = unlockedKeys(context, dataType);
  return Array.from({ length: minSlots }, (_, n) => recordKey(dataType, keys.recordId(naturalKey, n)));
}
