import { limits } from "@owlivion/sync-protocol";
import { CryptoError } from "../crypto-error.ts";
import { utf8, type Bytes } from "./bytes.ts";

/** Arguments are checked where they enter a format: a value that does not fit is never cut or coerced. */

export function checkInteger(value: number, min: number, max: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new CryptoError("INVALID_VALUE", `${name} must be an integer from ${min} to ${max}`);
  }
}

export function checkLength(bytes: Uint8Array, length: number, name: string): void {
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) {
    throw new CryptoError("INVALID_VALUE", `${name} must have ${length} bytes`);
  }
}

export const maxKeyEpoch = 0xffffffff;

export function checkKeyEpoch(keyEpoch: number): void {
  checkInteger(keyEpoch, 1, maxKeyEpoch, "the key epoch");
}

/** UTF-8 of a text that has one: a lone surrogate is refused, as it would be replaced and two texts become one. */
export function utf8Of(text: string, name: string): Bytes {
  if (typeof text !== "string" || !text.isWellFormed()) {
    throw new CryptoError("INVALID_VALUE", `${name} must be text without lone surrogates`);
  }
  return utf8(text);
}

const dataTypePattern = /^[a-z][a-z0-9_]{0,31}$/;

/** A data type as `u8 length ‖ name`, the form in which everything is bound to it. */
export function prefixedDataType(dataType: string): Bytes {
  if (typeof dataType !== "string" || !dataTypePattern.test(dataType)) {
    throw new CryptoError("INVALID_VALUE", "a data type must match [a-z][a-z0-9_]{0,31}");
  }
  const out = new Uint8Array(1 + dataType.length);
  out[0] = dataType.length;
  out.set(utf8(dataType), 1);
  return out;
}

// The server's rule: characters, not UTF-16 units, and no control characters.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** What every record id made here looks like: one byte a character. */
const plainRecordId = /^[A-Za-z0-9_-]{1,255}$/;

/** UTF-8 of a record id that the server would take. */
export function utf8OfRecordId(recordId: string): Bytes {
  if (plainRecordId.test(recordId)) {
    const out = new Uint8Array(recordId.length);
    for (let i = 0; i < recordId.length; i += 1) out[i] = recordId.charCodeAt(i);
    return out;
  }
  const bytes = utf8Of(recordId, "a record id");
  const fits = recordId.length <= limits.maxRecordIdChars || [...recordId].length <= limits.maxRecordIdChars;
  if (recordId === "" || !fits || controlCharacter.test(recordId)) {
    throw new CryptoError("INVALID_VALUE", "a record id has 1 to 255 characters and no control characters");
  }
  return bytes;
}
