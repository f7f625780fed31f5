import { usageError } from "../cli-error.ts";

export type JsonRecord = { readonly [field: string]: unknown };

/** One object, an array of them, or one on each line. */
export function readRecords(text: string): readonly JsonRecord[] {
  const trimmed = text.trim();
  if (trimmed === "") throw usageError("There is no JSON.");
  const whole = parse(trimmed);
  if (whole !== undefined)
    return (Array.isArray(whole) ? whole : [whole]).map((item, i) => requireObject(item, `item ${i}`));
  const lines = trimmed.split("\n");
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    const item = parse(line);
    if (item === undefined) throw usageError(lines.length === 1 ? "This is not JSON." : `Line ${i + 1} is not JSON.`);
    return [requireObject(item, `line ${i + 1}`)];
  });
}

/** Exactly one object. */
export function readRecord(text: string): JsonRecord {
  const records = readRecords(text);
  const [record] = records;
  if (record === undefined || records.length > 1) throw usageError("Give one JSON object.");
  return record;
}

/** Undefined: it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function requireObject(item: unknown, place: string): JsonRecord {
  if (typeof item === "object" && item !== null && !Array.isArray(item)) return item as JsonRecord;
  throw usageError(`A record is a JSON object; ${place} is none.`);
}
