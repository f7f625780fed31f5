import { isSyncError, type SyncErrorCode } from "../errors.ts";

/** What the contract's cases assert with: they run in pages too, where no test runner is. */
export function same(actual: unknown, expected: unknown, what = "value"): void {
  const difference = differ(actual, expected, what);
  if (difference !== null) throw new Error(difference);
}

export async function failsWith(code: SyncErrorCode, attempt: Promise<unknown>): Promise<void> {
  const error = await attempt.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
  if (!isSyncError(error, code)) throw new Error(`expected ${code}, got ${String(error)}`, { cause: error });
}

export async function throwsItself(thrown: Error, attempt: Promise<unknown>): Promise<void> {
  const error = await attempt.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
  if (error !== thrown) throw new Error(`expected the work's own error, got ${String(error)}`, { cause: error });
}

/** Fails instead of waiting for ever. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function differ(actual: unknown, expected: unknown, path: string): string | null {
  if (Object.is(actual, expected)) return null;
  const unequal = (): string => `${path}: ${show(actual)} is not ${show(expected)}`;
  if (typeof actual !== "object" || typeof expected !== "object" || actual === null || expected === null)
    return unequal();
  if (expected instanceof Uint8Array) {
    // A Buffer would be equal byte by byte, and its slice() shares memory.
    if (Object.getPrototypeOf(actual) !== Uint8Array.prototype) return `${path}: not a plain Uint8Array`;
    const bytes = actual as Uint8Array;
    return bytes.length === expected.length && expected.every((byte, at) => byte === bytes[at]) ? null : unequal();
  }
  if (Array.isArray(actual) !== Array.isArray(expected)) return unequal();
  const names = Object.keys(expected).sort();
  if (Object.keys(actual).sort().join("\n") !== names.join("\n")) return unequal();
  for (const name of names) {
    const left = (actual as Record<string, unknown>)[name];
    const difference = differ(left, (expected as Record<string, unknown>)[name], `${path}.${name}`);
    if (difference !== null) return difference;
  }
  return null;
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 300);
}
