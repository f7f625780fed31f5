/** The smallest plaintext: most small records look alike. */
export const minPaddedBytes = 256;

/** Padmé: lengths keep only their leading bits, so that a length tells O(log log n) bits and grows by at most 12 %. */
export function paddedLength(length: number): number {
  if (length <= minPaddedBytes) return minPaddedBytes;
  const exponent = 31 - Math.clz32(length);
  const lastBits = exponent - (32 - Math.clz32(exponent));
  const mask = 2 ** lastBits - 1;
  return (length + mask) & ~mask;
}
