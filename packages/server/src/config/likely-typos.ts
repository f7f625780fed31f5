export type LikelyTypo = { name: string; meant: string | null };

/**
 * Names in `.env` that are no setting and look as if they were to be one: a slip of the hand away from one (`meant`), or
 * with the beginning of one (`DATABASE_POOL`). Others may be for another program.
 */
export function findLikelyTypos(given: readonly string[], known: readonly string[]): LikelyTypo[] {
  const beginnings = new Set(known.filter((name) => name.includes("_")).map((name) => name.split("_")[0]));
  return given
    .filter((name) => !known.includes(name))
    .map((name) => ({ name, meant: known.find((setting) => isSlip(name.toUpperCase(), setting)) ?? null }))
    .filter(({ name, meant }) => meant !== null || (name.includes("_") && beginnings.has(name.split("_")[0])));
}

export function describeTypo({ name, meant }: LikelyTypo): string {
  return `${name} in .env is no setting${meant === null ? "" : `; is ${meant} meant?`}`;
}

/** In a name of four letters one change makes another word (HOST, POST). */
function isSlip(name: string, setting: string): boolean {
  return editDistance(name, setting) <= (setting.length > 5 ? 2 : 1);
}

/** Levenshtein's: letters to add, remove or replace. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
