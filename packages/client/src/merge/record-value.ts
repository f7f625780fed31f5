import type { JsonObject, PutContent, Stamp } from "@owlivion/sync-crypto";

/** The part of a put that merges: fields, with null for a removed one, and who wrote each when. */
export interface RecordValue {
  readonly schema: number;
  readonly fields: JsonObject;
  readonly stamps: Readonly<Record<string, Stamp>>;
}

export const toPutContent = ({ schema, fields, stamps }: RecordValue): PutContent => ({
  kind: "put",
  schema,
  fields,
  stamps,
});

/** A field's value; null when it is not there. */
export const fieldOf = (value: RecordValue | null, field: string) =>
  value !== null && Object.hasOwn(value.fields, field) ? value.fields[field]! : null;

export const stampOf = (value: RecordValue | null, field: string): Stamp | undefined =>
  value !== null && Object.hasOwn(value.stamps, field) ? value.stamps[field] : undefined;
