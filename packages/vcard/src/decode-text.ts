import { fromByteString } from "./byte-string.ts";

/** Bytes, one character each, as text. */
export interface DecodedText {
  readonly text: string;
  /** The charset that was assumed, because the bytes are no UTF-8 and no usable charset is named. */
  readonly guessed: string | null;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * UTF-8 wherever the bytes are UTF-8, whatever the card claims: other charsets do not look like it by chance. Then the charset
 * that is named; then the one of old Windows programs, in which every byte is a letter, so that nothing is lost.
 */
export function decodeText(bytes: string, charset: string | null): DecodedText {
  const isEscaped = charset !== null && /^(?:iso-2022|hz)/i.test(charset); // These say everything in ASCII.
  if (!isEscaped && /^[\u0000-\u007f]*$/.test(bytes)) return { text: bytes, guessed: null }; // oxlint-disable-line no-control-regex
  const encoded = fromByteString(bytes);
  if (!isEscaped) {
    try {
      return { text: utf8.decode(encoded), guessed: null };
    } catch {
      // Not UTF-8.
    }
  }
  const named = charset === null || /^(?:utf-?8|us-ascii|ascii)$/i.test(charset) ? null : decoderFor(charset);
  if (named !== null) return { text: named.decode(encoded), guessed: null };
  return { text: new TextDecoder("windows-1252").decode(encoded), guessed: "windows-1252" };
}

function decoderFor(charset: string): InstanceType<typeof TextDecoder> | null {
  try {
    return new TextDecoder(charset);
  } catch {
    return null;
  }
}

/** Quoted-printable text as bytes: `=C5=9F` becomes two characters. What is no escape stands for itself. */
export const decodeQuotedPrintable = (bytes: string): string =>
  bytes.replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
