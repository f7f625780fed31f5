import { type Contact, contacts, type StandardResult, type VcardProperty } from "@owlivion/sync-client/data-types";

/** JSON of this size still fits into a record of 256 KiB, stamps and padding counted. */
const maxContactBytes = 230_000;

interface CheckedContact {
  readonly contact: Contact | null;
  /** What was taken away, and why. */
  readonly messages: readonly string[];
}

/** Makes a contact acceptable to the collection: fields of a wrong shape and pictures beyond a record's size are left out. */
export function checkContact(read: Contact): CheckedContact {
  const messages: string[] = [];
  let contact = read;
  const result = contacts.validate!["~standard"].validate(contact) as StandardResult;
  for (const { message, path } of result.issues ?? []) {
    contact = without(contact, String(path?.[0]));
    messages.push(`a field was left out: ${message}`);
  }
  if (Object.keys(contact).length === 0)
    return { contact: null, messages: [...messages, "there is nothing in this card"] };
  if (bytesOf(contact) > maxContactBytes && contact.photo !== undefined) {
    messages.push(`the photo was left out: with ${kibibytes(contact.photo)} it is too large for a contact`);
    contact = withoutKept(without(contact, "photo"), ({ field }) => field === "photo");
  }
  if (bytesOf(contact) > maxContactBytes) {
    const isData = ({ value }: VcardProperty): boolean => value.length > 4096 && /^data:|^[A-Za-z0-9+/=]+$/.test(value);
    for (const { name, value } of contact.vcardExtra?.filter(isData) ?? []) {
      messages.push(`${name} was left out: with ${kibibytes(value)} it is too large for a contact`);
    }
    contact = withoutKept(contact, isData);
  }
  if (bytesOf(contact) <= maxContactBytes) return { contact, messages };
  return { contact: null, messages: [...messages, "the card is too large for a contact"] };
}

const bytesOf = (contact: Contact): number => new TextEncoder().encode(JSON.stringify(contact)).length;
const kibibytes = (text: string): string => `${Math.ceil(text.length / 1024)} KiB`;

const without = (contact: Contact, field: string): Contact =>
  Object.fromEntries(Object.entries(contact).filter(([name]) => name !== field));

function withoutKept(contact: Contact, isRemoved: (property: VcardProperty) => boolean): Contact {
  const kept = contact.vcardExtra?.filter((property) => !isRemoved(property)) ?? [];
  return kept.length === 0 ? without(contact, "vcardExtra") : { ...contact, vcardExtra: kept };
}
