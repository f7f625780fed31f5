/** Bytes as a string with one character for each, U+0000 to U+00FF: `TextDecoder("latin1")` would be windows-1252. */
export function toByteString(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += argumentsAtOnce) {
    text += String.fromCharCode(...bytes.subarray(at, at + argumentsAtOnce));
  }
  return text;
}

const argumentsAtOnce = 8192;

export const fromByteString = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
