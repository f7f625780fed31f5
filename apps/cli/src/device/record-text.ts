import {
  type Contact,
  contactItemValue,
  contactName,
  type RecordFields,
  type StoredRecord,
} from "@owlivion/sync-client";

/** A record as every command prints it. */
export const idFirst = ({ id, ...fields }: StoredRecord<RecordFields>) => ({ id, ...fields });

/** A record in one line, for people. */
export function recordTitle(dataType: string, record: StoredRecord<RecordFields>): string {
  const { id: _, ...fields } = record;
  if (dataType !== "contacts") return JSON.stringify(fields);
  const contact = fields as Contact;
  try {
    const name = contactName(contact);
    const email = (contact.emails ?? []).map((item) => contactItemValue(item)).find((text) => text !== name);
    return email === undefined ? name : `${name} <${email}>`;
  } catch {
    return JSON.stringify(fields); // Another app's idea of a contact.
  }
}
