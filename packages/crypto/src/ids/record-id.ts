import { concat, utf8, type Bytes } from "../bytes/bytes.ts";
import { base64url } from "../bytes/base64url.ts";
import { checkInteger, checkLength, prefixedDataType, utf8Of } from "../bytes/check.ts";
import { HmacKey } from "../bytes/hmac-key.ts";
import { putU32 } from "../bytes/integers.ts";
import type { IdKey } from "../keys/secret-kinds.ts";
import type { RandomBytes } from "../random.ts";
import { normalizeNaturalKey } from "./normalize-natural-key.ts";

const label = utf8("owl1/record-id");
const recordIdBytes = 16;

/**
 * The record id of a natural key: the same on every device, and nothing to who has no id key. `slot` counts from 0 where
 * two different records have one natural key.
 */
export function blindRecordId(idKey: IdKey, dataType: string, naturalKey: string, slot: number): string {
  return blindRecordIdWith(new HmacKey(idKey.exposeSecretBytes()), prefixedDataType(dataType), naturalKey, slot);
}

export function blindRecordIdWith(idKey: HmacKey, prefixedType: Bytes, naturalKey: string, slot: number): string {
  checkInteger(slot, 0, 0xffffffff, "the slot");
  const key = utf8Of(normalizeNaturalKey(String(naturalKey)), "a natural key");
  const length = new Uint8Array(4);
  putU32(length, 0, key.length);
  const n = new Uint8Array(4);
  putU32(n, 0, slot);
  return base64url(idKey.mac(concat(label, prefixedType, length, key, n)).subarray(0, recordIdBytes));
}

/** A record id for what has no natural key: as long as the others, so that they cannot be told apart. */
export function randomRecordId(random: RandomBytes): string {
  const bytes = random(recordIdBytes);
  checkLength(bytes, recordIdBytes, "what the generator gave");
  return base64url(bytes);
}
