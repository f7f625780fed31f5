import type { KeyRange } from "./store.ts";

/** Keys from `lower` on and before `upper`, as strings compare; null: to the last one. */
export interface KeyBounds {
  readonly lower: string;
  readonly upper: string | null;
}

/** Undefined: no key can be in the range. */
export function keyBounds({ prefix, after }: Pick<KeyRange, "prefix" | "after">): KeyBounds | undefined {
  const upper = afterPrefix(prefix);
  // The next key after `after` is the same with a NUL behind.
  const lower = after === undefined || after < prefix ? prefix : `${after}\u0000`;
  return upper !== null && lower >= upper ? undefined : { lower, upper };
}

/** The first string behind all those that begin with `prefix`; null: there is none. */
function afterPrefix(prefix: string): string | null {
  for (let length = prefix.length; length > 0; length--) {
    const unit = prefix.charCodeAt(length - 1);
    if (unit < 0xffff) return prefix.slice(0, length - 1) + String.fromCharCode(unit + 1);
  }
  return null;
}
