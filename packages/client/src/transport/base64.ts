/** Strict, padded base64 (RFC 4648, section 4), the JSON form of bytes. Short fields only: `btoa` works on a string. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const pattern = /^[A-Za-z0-9+/]*={0,2}$/;

/** Null when the text is not base64, or not the one way to write its bytes. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0 || !pattern.test(text)) return null;
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return toCanonicalEnd(bytes) === text.slice(-4) ? bytes : null;
}

/** The last four characters that these bytes have: the bits behind them are zero. */
function toCanonicalEnd(bytes: Uint8Array): string {
  const rest = bytes.length % 3;
  return toBase64(bytes.subarray(bytes.length - (rest === 0 ? Math.min(3, bytes.length) : rest)));
}
