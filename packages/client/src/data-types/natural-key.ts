import { type JsonObject, normalizeNaturalKey } from "@owlivion/sync-crypto";
import { type DataType, presentFields } from "./data-type.ts";

/** Normalized; null when nothing makes the record the same on two devices. */
export function naturalKeyOf(type: DataType, fields: JsonObject): string | null {
  const naturalKey = type.naturalKey?.(presentFields(fields)) ?? null;
  const normalized = naturalKey === null ? "" : normalizeNaturalKey(naturalKey);
  return normalized === "" ? null : normalized;
}

export function isSameRecord(type: DataType, a: JsonObject, b: JsonObject): boolean {
  return type.sameRecord?.(presentFields(a), presentFields(b)) ?? true;
}
