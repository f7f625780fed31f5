import { CryptoError } from "../crypto-error.ts";

export const uuidBytes = 16;

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
/** Where the two digits of each byte stand in the text. */
const digitAt = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34] as const;

/** Whether the text is a UUID in lower case: the only form that is hashed, sealed or compared. */
export function isUuid(text: unknown): text is string {
  return typeof text === "string" && pattern.test(text);
}

/** Writes the sixteen bytes of a lower-case UUID. `name` is what the error calls it. */
export function putUuid(out: Uint8Array, at: number, uuid: string, name: string): void {
  if (!isUuid(uuid)) throw new CryptoError("INVALID_VALUE", `${name} must be a UUID in lower case`);
  for (let i = 0; i < uuidBytes; i += 1) {
    const digit = digitAt[i]!;
    out[at + i] = (valueOfDigit(uuid.charCodeAt(digit)) << 4) | valueOfDigit(uuid.charCodeAt(digit + 1));
  }
}

export function bytesOfUuid(uuid: string, name: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(uuidBytes);
  putUuid(bytes, 0, uuid, name);
  return bytes;
}

export function getUuid(bytes: Uint8Array, at: number): string {
  let text = "";
  for (let i = 0; i < uuidBytes; i += 1) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
    text += hexOfByte[bytes[at + i]!]!;
  }
  return text;
}

function valueOfDigit(charCode: number): number {
  return charCode <= 57 ? charCode - 48 : charCode - 87;
}
