import { textOfUtf8 } from "../bytes/bytes.ts";
import { getU16, getU32, putU32 } from "../bytes/integers.ts";
import type { ByteWriter } from "../bytes/workspace.ts";
import { CryptoError } from "../crypto-error.ts";
import { isCanonicalText } from "./canonical-json.ts";
import type { Json, JsonObject, PutContent, Stamp } from "./content.ts";
import { isPlainObject, sortedKeys } from "./json-order.ts";
import { compareStamps, getStamp, putStamp, stampBytes } from "./stamp-bytes.ts";
import { writeJson } from "./write-json.ts";

/** The body of a put: stamps block, then the length and the bytes of the payload. */
export type PutValues = Pick<PutContent, "fields" | "stamps">;

/** Writes the body. Throws INVALID_VALUE for what has no canonical form. */
export function writePutBody(writer: ByteWriter, { fields, stamps }: PutValues): void {
  if (!isPlainObject(fields) || !isPlainObject(stamps)) {
    throw new CryptoError("INVALID_VALUE", "fields and stamps must be plain objects");
  }
  const keys = sortedKeys(fields);
  if (keys.length > 0xffff) throw new CryptoError("INVALID_VALUE", "a record has at most 65535 fields");
  const { order, stampOfKey } = orderStamps(keys, stamps);
  writer.u16(order.length);
  for (const stamp of order) {
    writer.reserve(stampBytes);
    putStamp(writer.bytes, writer.at, stamp);
    writer.at += stampBytes;
  }
  writer.u16(keys.length);
  for (const index of stampOfKey) writer.u16(index);
  const lengthAt = writer.at;
  writer.skip(4);
  writeJson(writer, fields);
  putU32(writer.bytes, lengthAt, writer.at - lengthAt - 4);
}

/** Throws CONTENT_INVALID for every body that `writePutBody` would not have written. */
export function decodePutBody(body: Uint8Array): PutValues {
  const stampCount = body.length < 2 ? 0 : getU16(body, 0);
  const keysAt = 2 + stampCount * stampBytes;
  const keyCount = body.length < keysAt + 2 ? 0 : getU16(body, keysAt);
  const payloadAt = keysAt + 2 + keyCount * 2;
  if (body.length < payloadAt + 4 || getU32(body, payloadAt) !== body.length - payloadAt - 4) {
    throw invalid("its parts do not fill it");
  }
  const fields = decodePayload(body.subarray(payloadAt + 4));
  const keys = sortedKeys(fields);
  if (keys.length !== keyCount) throw invalid("stamps for another number of fields");
  const order = decodeStamps(body, stampCount);
  const stamps: Record<string, Stamp> = {};
  const used = new Set<number>();
  keys.forEach((key, i) => {
    const index = getU16(body, keysAt + 2 + i * 2);
    if (index > stampCount) throw invalid("a stamp that is not there");
    if (index === 0) return;
    used.add(index);
    setOwn(stamps, key, order[index - 1]!);
  });
  if (used.size !== stampCount) throw invalid("a stamp that no field has");
  return { fields, stamps };
}

/** The stamps of all fields, each once and ascending, and for each key 0 or 1 + the index of its own. */
function orderStamps(
  keys: readonly string[],
  stamps: Readonly<Record<string, Stamp>>,
): { order: readonly Stamp[]; stampOfKey: readonly number[] } {
  const found: Stamp[] = [];
  const stampOfKey: number[] = [];
  let stamped = 0;
  for (const key of keys) {
    if (!Object.hasOwn(stamps, key)) {
      stampOfKey.push(0);
      continue;
    }
    stamped += 1;
    stampOfKey.push(1 + indexAmongLast(found, stamps[key]!));
  }
  if (stamped !== Object.keys(stamps).length) {
    throw new CryptoError("INVALID_VALUE", "a stamp of a field that is not there");
  }
  if (found.length < 2) return { order: found, stampOfKey };
  const ranks = rankStamps(found);
  return { order: ranks.order, stampOfKey: stampOfKey.map((index) => (index === 0 ? 0 : ranks.rankOf[index - 1]!)) };
}

/** Most fields have the stamp of one shortly before them; duplicates that this look back misses end in the ranking. */
function indexAmongLast(found: Stamp[], stamp: Stamp): number {
  if (stamp === undefined || stamp === null) throw new CryptoError("INVALID_VALUE", "a stamp is missing");
  for (let i = found.length - 1; i >= Math.max(0, found.length - 8); i -= 1) {
    if (found[i] === stamp || compareStamps(found[i]!, stamp) === 0) return i;
  }
  return found.push(stamp) - 1;
}

/** The stamps ascending, equal ones once; for each as given its place among those, from 1. */
function rankStamps(found: readonly Stamp[]): { order: Stamp[]; rankOf: number[] } {
  const order: Stamp[] = [];
  const rankOf: number[] = Array.from({ length: found.length });
  const ascending = found.map((_, i) => i).sort((a, b) => compareStamps(found[a]!, found[b]!));
  for (const i of ascending) {
    if (order.length === 0 || compareStamps(order.at(-1)!, found[i]!) !== 0) order.push(found[i]!);
    rankOf[i] = order.length;
  }
  return { order, rankOf };
}

function decodeStamps(body: Uint8Array, count: number): Stamp[] {
  const order: Stamp[] = [];
  for (let i = 0; i < count; i += 1) {
    const stamp = getStamp(body, 2 + i * stampBytes);
    if (i > 0 && compareStamps(order[i - 1]!, stamp) >= 0) throw invalid("stamps out of order");
    order.push(stamp);
  }
  return order;
}

function decodePayload(payload: Uint8Array): JsonObject {
  let text: string;
  let value: Json;
  try {
    text = textOfUtf8(payload);
    value = JSON.parse(text) as Json;
  } catch {
    throw invalid("its payload is no JSON");
  }
  if (!isPlainObject(value) || !isCanonicalText(value, text)) throw invalid("its payload is not canonical");
  return value as JsonObject;
}

/** An own property, whatever its name: plain assignment of `__proto__` would set the prototype. */
function setOwn<T>(object: Record<string, T>, key: string, value: T): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function invalid(reason: string): CryptoError {
  return new CryptoError("CONTENT_INVALID", `the content is not canonical: ${reason}`);
}
