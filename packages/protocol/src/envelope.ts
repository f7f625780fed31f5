/**
 * What the server may read of a sealed record: suite u8, kind u8, key_epoch u32 (big endian) at its front.
 * The rest of the header and the ciphertext are opaque to it.
 */
export const envelope = {
  suite: 1,
  kinds: { put: 1, tombstone: 2 },
  headerBytes: 1 + 1 + 4 + 16 + 8 + 32 + 24,
  tagBytes: 16,
} as const;

/** The key epoch of an envelope, or null when the bytes cannot be one. */
export function readKeyEpoch(bytes: Uint8Array): number | null {
  const [suite, kind, a, b, c, d] = bytes;
  if (bytes.length < envelope.headerBytes + envelope.tagBytes || suite !== envelope.suite) return null;
  if (kind !== envelope.kinds.put && kind !== envelope.kinds.tombstone) return null;
  return a! * 0x1000000 + ((b! << 16) | (c! << 8) | d!);
}
