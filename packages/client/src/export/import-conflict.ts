import { readFields } from "../merge/edit-value.ts";
import { recordKey } from "../store/rows.ts";
import type { WriteTransaction } from "../store/store.ts";
import type { ConflictLine } from "./export-format.ts";
import type { ImportPlaces } from "./import-places.ts";

/**
 * An open conflict of the export, with the values that are nowhere else. It keeps its id: what was imported, or resolved, before
 * is not asked again. False: nothing is new.
 */
export async function importConflict(tx: WriteTransaction, places: ImportPlaces, line: ConflictLine): Promise<boolean> {
  const recordId = places.known(line.data_type, line.record_id);
  if (recordId === null) return false;
  const key = `${recordKey(line.data_type, recordId)}/${line.id}`;
  if ((await tx.get("conflicts", key)) !== undefined) return false;
  // About what another device had to send: here it is a value that one may take.
  const isAboutSending = line.kind !== "fields" && line.kind !== "edit_kept";
  const fieldsOf = (side: object | null) => (side === null ? null : readFields(side));
  await tx.put("conflicts", {
    key,
    dataType: line.data_type,
    recordId,
    kind: isAboutSending ? "set_aside" : line.kind,
    base: fieldsOf(line.base),
    local: fieldsOf(line.local),
    remote: fieldsOf(line.remote),
    merged: fieldsOf(line.merged),
    clashes: line.fields,
    remoteDeviceId: line.remote_device_id,
    sinceMs: line.since_ms,
    resolvedMs: null,
  });
  return true;
}
