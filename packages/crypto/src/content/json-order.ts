/** Containers within containers, the outermost counted. */
export const maxJsonDepth = 32;

/** The keys of an object in canonical order. */
export function sortedKeys(object: object): string[] {
  const keys = Object.keys(object);
  return isAscending(keys) ? keys : keys.sort();
}

/** Plain comparison is by UTF-16 units; so is the default order of sort(). */
export function isAscending(keys: readonly string[]): boolean {
  for (let i = 1; i < keys.length; i += 1) if (keys[i - 1]! > keys[i]!) return false;
  return true;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
