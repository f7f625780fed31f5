import { canonicalJson, type Json } from "@owlivion/sync-crypto";

/**
 * Both sides changed a list: what either added is there, what either removed is gone. The items of the base keep their order,
 * then come the additions of the older side, then those of the newer one.
 */
export function mergeSet(base: readonly Json[], older: readonly Json[], newer: readonly Json[]): Json[] {
  const key = (item: Json): string => canonicalJson(item);
  const inBase = new Set(base.map(key));
  const inOlder = new Set(older.map(key));
  const inNewer = new Set(newer.map(key));
  const merged = base.filter((item) => inOlder.has(key(item)) && inNewer.has(key(item)));
  const seen = new Set(inBase);
  for (const item of [...older, ...newer]) {
    if (seen.has(key(item))) continue;
    seen.add(key(item));
    merged.push(item);
  }
  return merged;
}
