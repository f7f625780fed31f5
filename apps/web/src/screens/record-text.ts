import { contactName, type Contact } from "@owlivion/sync-client";

type Fields = Readonly<Record<string, unknown>>;

/** What a record is called, whatever it is of. */
export function recordName(dataType: string, fields: Fields | null): string {
  if (fields === null) return "";
  if (dataType === "contacts") return contactName(fields as Contact);
  const name = ["name", "title", "email", "key"]
    .map((field) => fields[field])
    .find((value) => typeof value === "string");
  return typeof name === "string" ? name : "";
}

/** A field's value for reading: texts as they are, lists a line for each item. */
export function fieldText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(fieldText).join("\n");
  if (typeof value === "object" && "value" in value) return fieldText(value.value);
  if (typeof value === "object") return Object.values(value).map(fieldText).join(", ");
  return JSON.stringify(value);
}
