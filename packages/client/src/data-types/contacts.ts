import { normalizeNaturalKey } from "@owlivion/sync-crypto";
import { type DataType, defineDataType } from "./data-type.ts";
import { fieldsSchema, isEither, isFlag, isListOf, isShape, isText, isWholeNumber } from "./fields-schema.ts";

/** An e-mail address, a phone number or a link, with what is known of it. */
export interface ContactValue {
  readonly value: string;
  /** In lower case, as in vCard: home, work, cell, fax, pager … */
  readonly types?: readonly string[];
  /** A name that the person gave it: "Summer house". */
  readonly label?: string;
  /** The one to use first. */
  readonly preferred?: boolean;
}

/** A list's item: the bare text when nothing else is known of it. */
export type ContactItem = string | ContactValue;

/** A postal address; each part is text that may have several lines. */
export interface ContactAddress {
  readonly street?: string;
  /** Flat, floor, building. */
  readonly extended?: string;
  readonly poBox?: string;
  readonly city?: string;
  /** State, province, county. */
  readonly region?: string;
  readonly postalCode?: string;
  /** As written, not a code. */
  readonly country?: string;
  /** In lower case: home, work … */
  readonly types?: readonly string[];
  readonly label?: string;
  readonly preferred?: boolean;
}

/** A property of an imported vCard that the fields of a contact do not say, so that an export gives it back. */
export interface VcardProperty {
  /** As in `item1.URL`: what ties several properties together. */
  readonly group?: string;
  /** In capitals: `X-PHONETIC-FIRST-NAME`. */
  readonly name: string;
  /** Names in capitals. */
  readonly params?: { readonly [name: string]: readonly string[] };
  /** As in the file, escapes and all; embedded data is a `data:` URI. */
  readonly value: string;
  /** The field that was read from it. Such a property is given back only as long as the field still says the same. */
  readonly field?: string;
}

/** All fields are optional: `{ name: "Ada", emails: ["ada@example.com"] }` is a contact. */
export interface Contact {
  /** The full name as it is shown. */
  readonly name?: string;
  readonly givenName?: string;
  /** Further given names. */
  readonly middleName?: string;
  readonly familyName?: string;
  /** "Dr.", "Prof." */
  readonly namePrefix?: string;
  /** "Jr.", "PhD" */
  readonly nameSuffix?: string;
  readonly nickname?: string;
  readonly emails?: readonly ContactItem[];
  readonly phones?: readonly ContactItem[];
  readonly urls?: readonly ContactItem[];
  readonly addresses?: readonly ContactAddress[];
  readonly company?: string;
  readonly department?: string;
  /** The position held: "Head of Sales". */
  readonly title?: string;
  /** What the person does there: "Negotiates". */
  readonly role?: string;
  /** May have several lines, divided by `\n`. */
  readonly notes?: string;
  /** `YYYY-MM-DD`, or `--MM-DD` without a year. */
  readonly birthday?: string;
  /** Names of groups (categories), each once. */
  readonly groups?: readonly string[];
  readonly favourite?: boolean;
  /** A `data:` URI of at most 100 KiB or so (a record has 256 KiB), or an `https:` address. */
  readonly photo?: string;
  /** The identity that an address book gave it, by which another import finds it again. */
  readonly uid?: string;
  /** When a mail last went there, RFC 3339 in UTC. A statistic of the app: it never makes two records differ. */
  readonly lastEmailedAt?: string;
  /** How many mails went there. */
  readonly emailCount?: number;
  readonly vcardExtra?: readonly VcardProperty[];
}

/** The text of a list's item, however it is written. */
export const contactItemValue = (item: ContactItem): string => (typeof item === "string" ? item : item.value);

/** What a contact is called: its name, or the first other thing that can stand for it; empty when nothing can. */
export function contactName(contact: Partial<Contact>): string {
  const { namePrefix, givenName, middleName, familyName, nameSuffix } = contact;
  const parts = [namePrefix, givenName, middleName, familyName, nameSuffix];
  const candidates = [
    contact.name,
    parts.filter((part) => isFilled(part)).join(" "),
    contact.nickname,
    contact.company,
    firstOf(contact.emails),
    firstOf(contact.phones),
  ];
  return candidates.find((candidate) => isFilled(candidate))?.trim() ?? "";
}

/** Names are compared without regard to case and to how much space there is between words. */
export const normalizeContactName = (name: string): string => normalizeNaturalKey(name.replaceAll(/\s+/gu, " "));

const item = isEither(
  isText,
  isShape({ value: isText, types: isListOf(isText), label: isText, preferred: isFlag }, ["value"]),
);
const address = isShape({
  street: isText,
  extended: isText,
  poBox: isText,
  city: isText,
  region: isText,
  postalCode: isText,
  country: isText,
  types: isListOf(isText),
  label: isText,
  preferred: isFlag,
});
const vcardProperty = isShape({ group: isText, name: isText, params: isShape({}), value: isText, field: isText }, [
  "name",
  "value",
]);

/**
 * An address book. People are told apart by their first e-mail address, or else by UID; but two people may share one address,
 * so that a record is the same only if UID or name agree as well.
 */
export const contacts: DataType<Contact> = defineDataType<Contact>({
  name: "contacts",
  naturalKey: (contact) => {
    const email = firstOf(contact.emails);
    if (email !== undefined) return email;
    return isFilled(contact.uid) ? `uid:${contact.uid}` : null;
  },
  sameRecord: (a, b) => {
    if (isFilled(a.uid) && a.uid === b.uid) return true;
    const name = normalizeContactName(contactName(a));
    return name !== "" && name === normalizeContactName(contactName(b));
  },
  merge: {
    default: "ask",
    fields: {
      emails: "set",
      phones: "set",
      urls: "set",
      addresses: "set",
      groups: "set",
      vcardExtra: "set",
      lastEmailedAt: "newer",
      emailCount: "newer",
    },
  },
  validate: fieldsSchema({
    name: isText,
    givenName: isText,
    middleName: isText,
    familyName: isText,
    namePrefix: isText,
    nameSuffix: isText,
    nickname: isText,
    emails: isListOf(item),
    phones: isListOf(item),
    urls: isListOf(item),
    addresses: isListOf(address),
    company: isText,
    department: isText,
    title: isText,
    role: isText,
    notes: isText,
    birthday: isBirthday,
    groups: isListOf(isText),
    favourite: isFlag,
    photo: isText,
    uid: isText,
    lastEmailedAt: isText,
    emailCount: isWholeNumber(0, Number.MAX_SAFE_INTEGER),
    vcardExtra: isListOf(vcardProperty),
  }),
});

function isBirthday(value: unknown): string | null {
  const isDate = typeof value === "string" && /^(?:\d{4}|-)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(value);
  return isDate ? null : "must be a date, YYYY-MM-DD or --MM-DD";
}

// Records of other apps get here before anything has checked them.
const isFilled = (text: unknown): text is string => typeof text === "string" && text.trim() !== "";

function firstOf(items: readonly ContactItem[] | undefined): string | undefined {
  if (!Array.isArray(items)) return undefined;
  return items
    .map((item: ContactItem | null) => (item === null ? undefined : contactItemValue(item)))
    .find((value) => isFilled(value));
}
