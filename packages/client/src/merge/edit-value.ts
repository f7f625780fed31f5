import { canonicalJson, type Json, type JsonObject, type Stamp } from "@owlivion/sync-crypto";
import { SyncError } from "../errors.ts";
import { equalJson } from "./equal-json.ts";
import { fieldOf, type RecordValue, stampOf } from "./record-value.ts";

/** `replace`: fields that are not given are removed. `patch`: they stay. */
export type EditMode = "replace" | "patch";

/**
 * A record after a local edit, or the same object when the edit says nothing new. Only fields that change get the new stamp: what
 * this device did not touch must not win over what another one did.
 *
 * @param stamp null: the fields are defaults, and lose to whatever anyone wrote
 */
export function editValue(
  before: RecordValue | null,
  given: JsonObject,
  mode: EditMode,
  stamp: Stamp | null,
  schema: number,
): RecordValue {
  const names = new Set([...Object.keys(before?.fields ?? {}), ...Object.keys(given)]);
  const fields: [string, Json][] = [];
  const stamps: [string, Stamp][] = [];
  let changes = before === null;
  for (const name of names) {
    const old = fieldOf(before, name);
    // A default never takes the place of what somebody wrote, not even of a removal.
    const isChosen = stamp === null && stampOf(before, name) !== undefined;
    const isGiven = !isChosen && (Object.hasOwn(given, name) || mode === "replace");
    const value = isGiven ? (Object.hasOwn(given, name) ? given[name]! : null) : old;
    const isChanged = !equalJson(value, old);
    changes ||= isChanged;
    const fieldStamp = isChanged ? (stamp ?? undefined) : stampOf(before, name);
    if (value === null && fieldStamp === undefined) continue;
    if (value === null && before === null) continue;
    fields.push([name, value]);
    if (fieldStamp !== undefined) stamps.push([name, fieldStamp]);
  }
  if (!changes && before !== null) return before;
  return {
    schema: Math.max(schema, before?.schema ?? 0),
    fields: Object.fromEntries(fields),
    stamps: Object.fromEntries(stamps),
  };
}

/**
 * What an application gave, as the JSON that is stored: without undefined fields, independent of the application's objects.
 * Throws INVALID_RECORD for what JSON cannot hold.
 */
export function readFields(given: object): JsonObject {
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new SyncError("INVALID_RECORD");
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  try {
    return JSON.parse(canonicalJson(Object.fromEntries(entries) as JsonObject)) as JsonObject;
  } catch (error) {
    throw new SyncError("INVALID_RECORD", {
      message: `The record cannot be stored: ${error instanceof Error ? error.message : "it is no JSON"}.`,
      cause: error,
    });
  }
}
