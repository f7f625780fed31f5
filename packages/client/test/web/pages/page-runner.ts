interface PageTest {
  readonly name: string;
  readonly run: () => unknown;
}

const tests: PageTest[] = [];
let checks = 0;

/** As much of Vitest as the tests of the vectors use, for a page. */
export function test(name: string, run: () => unknown): void {
  tests.push({ name, run });
}

/** One test for each value; `%s` in the name is the value. */
test.each =
  <T>(values: readonly T[]) =>
  (name: string, run: (value: T) => unknown): void => {
    for (const value of values) test(name.replace("%s", String(value)), () => run(value));
  };

export function expect(actual: unknown, label = "") {
  const check = (holds: boolean, expected: unknown): void => {
    checks += 1;
    if (!holds) throw new Error(`${label}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  };
  const isEqual = (expected: unknown): boolean => JSON.stringify(sorted(actual)) === JSON.stringify(sorted(expected));
  return {
    toBe: (expected: unknown) => check(Object.is(actual, expected), expected),
    toEqual: (expected: unknown) => check(isEqual(expected), expected),
    not: { toBe: (expected: unknown) => check(!Object.is(actual, expected), expected) },
  };
}

expect.fail = (message: string): never => {
  throw new Error(message);
};

export async function ranTests() {
  const results = [];
  for (const { name, run } of tests) {
    checks = 0;
    let failure: string | null = null;
    try {
      await run();
    } catch (error) {
      failure = String((error as Error).stack ?? error);
    }
    results.push({ name, failure, checks });
  }
  return results;
}

/** Keys in one order, so that equal values have equal texts. */
function sorted(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
