/**
 * `after`, with the parts of `before` that say the same in their place: equal values stay the same objects, down to the items of
 * a list, so that what shows them need not be drawn again. Lists of records are matched by `id`, others by position.
 */
export function keepSame<T>(before: T, after: T): T {
  return keep(before, after) as T;
}

function keep(before: unknown, after: unknown): unknown {
  if (Object.is(before, after)) return before;
  if (Array.isArray(before) && Array.isArray(after)) return keepList(before, after);
  if (isPlain(before) && isPlain(after)) return keepObject(before, after);
  return after;
}

function keepList(before: readonly unknown[], after: readonly unknown[]): unknown {
  const byId = new Map(before.flatMap((item) => (hasId(item) ? [[item.id, item] as const] : [])));
  const kept = after.map((item, i) => keep(hasId(item) ? byId.get(item.id) : before[i], item));
  const isSame = kept.length === before.length && kept.every((item, i) => Object.is(item, before[i]));
  return isSame ? before : kept;
}

function keepObject(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): unknown {
  const names = Object.keys(after);
  const kept = names.map((name) => [name, keep(before[name], after[name])] as const);
  const isSame =
    names.length === Object.keys(before).length &&
    kept.every(([name, value]) => Object.hasOwn(before, name) && Object.is(value, before[name]));
  return isSame ? before : Object.fromEntries(kept);
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const hasId = (value: unknown): value is { readonly id: string } => isPlain(value) && typeof value["id"] === "string";
