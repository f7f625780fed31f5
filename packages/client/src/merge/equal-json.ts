import type { Json } from "@owlivion/sync-crypto";

/** Whether two JSON values are the same value; the order of an object's keys says nothing. */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => equalJson(item as Json, b[i] as Json));
  }
  const one = a as { readonly [key: string]: Json };
  const other = b as { readonly [key: string]: Json };
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && equalJson(one[key]!, other[key]!));
}
