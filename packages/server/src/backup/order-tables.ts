/** Tables so ordered that each stands after those it refers to; by name where that leaves a choice. */
export function orderTables(names: readonly string[], references: readonly { from: string; to: string }[]): string[] {
  const waiting = new Set(names.toSorted());
  const ordered: string[] = [];
  while (waiting.size > 0) {
    const next = [...waiting].find((name) =>
      references.every(({ from, to }) => from !== name || to === name || !waiting.has(to)),
    );
    if (next === undefined) throw new Error(`These tables refer to each other in a circle: ${[...waiting].join(", ")}`);
    waiting.delete(next);
    ordered.push(next);
  }
  return ordered;
}
