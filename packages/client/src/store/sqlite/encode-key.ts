/**
 * A key as bytes whose order is that of the string's UTF-16 code units, as JavaScript and IndexedDB compare: CESU-8, where
 * each half of a surrogate pair has three bytes of its own. For all other text that is UTF-8, and shorter than UTF-16.
 */
export function encodeKey(key: string): Uint8Array {
  return /[\ud800-\udfff]/.test(key) ? encodeUnits(key) : Buffer.from(key);
}

function encodeUnits(key: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Uint8Array.from(bytes);
}
