import { type DataType, presentFields } from "../data-types/data-type.ts";
import type { RecordValue } from "../merge/record-value.ts";

/** What the data type's own schema says against a record; null: nothing. A schema that answers later is not asked. */
export function problemOf(type: DataType, value: RecordValue): string | null {
  if (type.validate === undefined) return null;
  try {
    const result = type.validate["~standard"].validate(presentFields(value.fields));
    if (result instanceof Promise || result.issues === undefined) return null;
    return result.issues.map(({ message }) => message).join("; ") || "The record does not fit its schema.";
  } catch (error) {
    return error instanceof Error ? error.message : "The record does not fit its schema.";
  }
}
