/** Milliseconds of each target, in interleaved rounds: what disturbs the machine disturbs all alike. */
export async function interleave<K extends string>(
  rounds: number,
  targets: Record<K, (round: number) => Promise<unknown>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(targets) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  const warmup = Math.max(3, Math.ceil(rounds / 4));
  for (let round = 0; round < rounds + warmup; round += 1) {
    // Another order each round, so that none always follows the same neighbour.
    for (let i = 0; i < names.length; i += 1) {
      const name = names[(i + round) % names.length]!;
      const start = performance.now();
      await targets[name](round);
      if (round >= warmup) times[name].push(performance.now() - start);
    }
  }
  return times;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
