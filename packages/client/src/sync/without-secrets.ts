import type { JsonObject } from "@owlivion/sync-crypto";
import type { DataType } from "../data-types/data-type.ts";

/** What comes from the past or from a file must not bring secrets back that this app does not sync. */
export function withoutSecrets(
  { secretFields = [] }: DataType,
  fields: JsonObject,
): { readonly fields: JsonObject; readonly dropped: readonly string[] } {
  const dropped = secretFields.filter((field) => Object.hasOwn(fields, field) && fields[field] !== null);
  if (dropped.length === 0) return { fields, dropped };
  const kept = Object.entries(fields).filter(([field]) => !dropped.includes(field));
  return { fields: Object.fromEntries(kept), dropped };
}
