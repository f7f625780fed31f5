/** From `least` to `most`, both included. */
export const between = (least: number, most: number): number => least + Math.floor(Math.random() * (most - least + 1));

export function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}
