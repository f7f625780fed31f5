import type { DataType, StandardResult } from "./data-type.ts";

/** The messages about a record that a data type does not accept; none: it does. */
export function validated<T extends object>(dataType: DataType<T>, record: unknown): readonly string[] {
  const result = dataType.validate!["~standard"].validate(record) as StandardResult;
  return result.issues?.map(({ message }) => message) ?? [];
}
