import type { DataType } from "../data-types/data-type.ts";
import type { RecordValue } from "../merge/record-value.ts";
import { recordKey, type ViewRow } from "../store/rows.ts";
import { problemOf } from "./check-value.ts";

export function viewOf(type: DataType, recordId: string, value: RecordValue): ViewRow {
  const { schema, fields, stamps } = value;
  return {
    key: recordKey(type.name, recordId),
    recordId,
    schema,
    fields,
    stamps,
    problem: problemOf(type, value),
  };
}
