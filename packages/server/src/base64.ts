// Node decodes base64 leniently: it skips what it does not know, takes the URL alphabet and ignores trailing bits.
// Whatever it skips makes the result shorter, so that comparing lengths finds it; the rest is looked at here. No
// regular expression: over a payload one costs more than the decoding.

const sextets = new Map([..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].map((c, i) => [c, i]));

/** Bytes that strict padded base64 of this text would have; -1 when it cannot be strict. */
function decodedLength(text: string): number {
  if (text.length % 4 !== 0) return -1;
  if (!text.endsWith("=")) return (text.length / 4) * 3;
  const isTwo = text.endsWith("==");
  const lastSextet = sextets.get(text.charAt(text.length - (isTwo ? 3 : 2)));
  if (lastSextet === undefined || (lastSextet & (isTwo ? 0b1111 : 0b11)) !== 0) return -1;
  return (text.length / 4) * 3 - (isTwo ? 2 : 1);
}

/** Whether the text has characters that Node would take although strict base64 has not. */
function hasForeignCharacters(text: string): boolean {
  return text.includes("-") || text.includes("_") || Buffer.byteLength(text, "utf8") !== text.length;
}

/**
 * Decodes strict padded base64 (RFC 4648, section 4, canonical) into `target` at `offset`. Answers the number of bytes
 * written, or -1 when the text is not strict; then what lies behind `offset` is undefined. The target must have room
 * for three quarters of the text's length.
 */
export function decodeBase64Into(text: string, target: Buffer, offset: number): number {
  const length = decodedLength(text);
  if (length <= 0) return length;
  if (hasForeignCharacters(text)) return -1;
  return target.write(text, offset, "base64") === length ? length : -1;
}

/** Decodes strict padded base64; null when it is not. */
export function decodeBase64(text: string): Buffer | null {
  const length = decodedLength(text);
  if (length < 0) return null;
  const target = Buffer.allocUnsafe(length);
  return decodeBase64Into(text, target, 0) === length ? target : null;
}
