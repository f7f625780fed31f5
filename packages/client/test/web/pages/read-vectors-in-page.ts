/** By name of file: support/vectors-in-page.ts writes them into the script. */
declare const frozenVectors: Readonly<Record<string, { readonly cases: readonly unknown[] }>>;

/** Takes the place of the crypto package's `read-vectors.ts`. */
export function readVectors<T>(name: string): readonly T[] {
  const cases = frozenVectors[name]?.cases ?? [];
  if (cases.length === 0) throw new Error(`no vectors ${name}`);
  return cases as readonly T[];
}

export function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
