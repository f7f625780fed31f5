import type { Json, JsonObject, Stamp } from "@owlivion/sync-crypto";
import * as v from "valibot";
import { SyncError } from "../errors.ts";
import type { ConflictKind } from "../store/rows.ts";

/** The lines of an export, one JSON object each; docs/client.md describes them. */
export const exportFormat = "owlivion-sync-export";
export const exportVersion = 1;

/** Longer than any line of ours: a record's fields are some hundred KiB at most. */
export const maxLineChars = 16 * 1024 * 1024;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const plainObject = v.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
const nullableObject = v.nullable(plainObject);
const idText = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
const uuid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/));
const dataType = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,31}$/));
const stamp = v.tuple([v.pipe(count, v.maxValue(2 ** 48 - 1)), v.pipe(count, v.maxValue(0xffff)), uuid]);

export const headerLine = v.object({
  type: v.literal("header"),
  format: v.literal(exportFormat),
  version: count,
  exported_at: v.string(),
  /** The same for the same account, and nothing to others. */
  account: v.string(),
  data_types: v.array(dataType),
});

export const recordLine = v.object({
  type: v.literal("record"),
  data_type: dataType,
  id: idText,
  schema: v.optional(v.pipe(count, v.maxValue(0xffff)), 1),
  fields: plainObject,
  /** By field: milliseconds, counter, device. */
  stamps: v.optional(
    v.custom<Readonly<Record<string, unknown>>>((value) => v.is(plainObject, value)),
    {},
  ),
});

const conflictKinds = [
  "fields",
  "edit_kept",
  "proposed_again",
  "unreadable",
  "refused",
  "set_aside",
] as const satisfies ConflictKind[];

export const conflictLine = v.object({
  type: v.literal("conflict"),
  data_type: dataType,
  record_id: idText,
  id: uuid,
  kind: v.picklist(conflictKinds),
  base: nullableObject,
  local: nullableObject,
  remote: nullableObject,
  merged: nullableObject,
  fields: v.array(v.string()),
  remote_device_id: v.nullable(uuid),
  since_ms: v.number(),
});

export const endLine = v.object({ type: v.literal("end"), records: count, conflicts: count });

export const sealedHeaderLine = v.object({
  type: v.literal("sealed"),
  format: v.literal(exportFormat),
  version: count,
  salt: v.string(),
});
export const sealedLine = v.object({ type: v.picklist(["chunk", "last"]), data: v.string() });

export type RecordLine = v.InferOutput<typeof recordLine>;
export type ConflictLine = v.InferOutput<typeof conflictLine>;

const contentLine = v.variant("type", [recordLine, conflictLine, endLine]);
export type ContentLine = v.InferOutput<typeof contentLine>;

export const readContentLine = (line: unknown): ContentLine => parseLine(contentLine, line);

/** Throws INVALID_EXPORT; UNSUPPORTED_EXPORT for what a newer version wrote. */
export function parseLine<T>(schema: v.GenericSchema<unknown, T>, line: unknown): T {
  const parsed = v.safeParse(schema, line);
  if (!parsed.success) throw new SyncError("INVALID_EXPORT");
  const { version } = parsed.output as { readonly version?: number };
  if (version !== undefined && version !== exportVersion) throw new SyncError("UNSUPPORTED_EXPORT");
  return parsed.output;
}

export const writeStamps = (stamps: Readonly<Record<string, Stamp>>): JsonObject =>
  Object.fromEntries(
    Object.entries(stamps).map(([name, { wallMs, counter, device }]): [string, Json] => [
      name,
      [wallMs, counter, device],
    ]),
  );

export function readStamps(stamps: Readonly<Record<string, unknown>>): Record<string, Stamp> {
  const entries = Object.entries(stamps).map(([name, value]): [string, Stamp] => {
    const [wallMs, counter, device] = parseLine(stamp, value);
    return [name, { wallMs, counter, device }];
  });
  return Object.fromEntries(entries);
}
