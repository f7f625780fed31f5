import { type Json, type Stamp } from "@owlivion/sync-crypto";
import { equalJson } from "../merge/equal-json.ts";
import { fieldOf, type RecordValue, stampOf } from "../merge/record-value.ts";
import { compareOptionalStamps } from "../merge/stamp.ts";

export interface MergedImport {
  /** The same object as `local` when the import says nothing new. */
  readonly value: RecordValue;
  /** Fields whose local value is the newer one and stays. */
  readonly kept: readonly string[];
  /** Fields that differ, while nothing tells which is newer: the local value stays, and the person is asked. */
  readonly clashes: readonly string[];
}

/**
 * An import never puts an older value over a newer one: field by field the newer stamp stays, with its stamp. What is nowhere
 * here is taken.
 */
export function mergeImport(local: RecordValue, imported: RecordValue): MergedImport {
  const fields: [string, Json][] = [];
  const stamps: [string, Stamp][] = [];
  const kept: string[] = [];
  const clashes: string[] = [];
  let hasChanged = false;
  for (const name of new Set([...Object.keys(local.fields), ...Object.keys(imported.fields)])) {
    const [here, there] = [fieldOf(local, name), fieldOf(imported, name)];
    const [stampHere, stampThere] = [stampOf(local, name), stampOf(imported, name)];
    const isSame = equalJson(here, there);
    const isNowhereHere = here === null && stampHere === undefined;
    const order = compareOptionalStamps(stampThere, stampHere);
    const isTaken = !isSame && (isNowhereHere || (stampThere !== undefined && order > 0));
    if (!isSame && !isTaken && Object.hasOwn(imported.fields, name)) {
      // Without a stamp of its own the imported value may be anything, also what the person wants.
      if (stampThere === undefined || order === 0) clashes.push(name);
      else kept.push(name);
    }
    const [value, stamp] = isTaken ? [there, stampThere] : [here, stampHere];
    hasChanged ||= isTaken;
    fields.push([name, value]);
    if (stamp !== undefined) stamps.push([name, stamp]);
  }
  if (!hasChanged) return { value: local, kept, clashes };
  const schema = Math.max(local.schema, imported.schema);
  return { value: { schema, fields: Object.fromEntries(fields), stamps: Object.fromEntries(stamps) }, kept, clashes };
}
