import type {
  Contact,
  ContactAddress,
  ContactItem,
  ContactValue,
  VcardProperty,
} from "@owlivion/sync-client/data-types";
import { escapeText, escapeUri, readComponents, readList, unescapeText } from "./text-value.ts";

export type ContactPart = Partial<Contact>;

/** A property to be written, in neutral form, and the label that goes with it. */
export interface WrittenProperty {
  readonly property: VcardProperty;
  readonly label?: string | undefined;
}

/** How one property and the fields of a contact become each other. */
export interface PropertyRule {
  readonly name: string;
  /** The field that a kept property is filed under. */
  readonly field: string;
  /** Only the first property of a card is read. */
  readonly isSingle: boolean;
  /** A label in the same group becomes part of what is read. */
  readonly takesLabel?: boolean;
  /** What a contact takes of a neutral property; null: nothing, the property is kept as it is. */
  readonly read: (property: VcardProperty, label: string | undefined) => ContactPart | null;
  /** The smallest parts of a contact that this property says. */
  readonly split: (contact: ContactPart) => readonly ContactPart[];
  /** Says parts that follow each other. */
  readonly write: (parts: readonly ContactPart[]) => readonly WrittenProperty[];
  /** The value without the ways of writing it. */
  readonly meaning: (value: string) => unknown;
}

type TextField = "name" | "nickname" | "title" | "role" | "notes" | "birthday" | "photo" | "uid";
type ItemField = "emails" | "phones" | "urls";

const nameFields = ["familyName", "givenName", "middleName", "namePrefix", "nameSuffix"] as const;
const orgFields = ["company", "department"] as const;
const addressFields = ["poBox", "extended", "street", "city", "region", "postalCode", "country"] as const;

const isBirthday = (value: string): boolean => /^(?:\d{4}|-)-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/.test(value);
const startsWithDate = (value: string): boolean =>
  isBirthday(value) || (isBirthday(value.slice(0, 10)) && value[10] === "T");

/** In the order in which they are written. */
export const propertyRules: readonly PropertyRule[] = [
  textRule("UID", "uid"),
  textRule("FN", "name"),
  componentsRule("N", nameFields, 5, " "),
  textRule("NICKNAME", "nickname", { read: (value) => readList(value).join(", "), meaning: readList }),
  itemRule("EMAIL", "emails"),
  itemRule("TEL", "phones"),
  addressRule(),
  componentsRule("ORG", orgFields, 0, ", "),
  textRule("TITLE", "title"),
  textRule("ROLE", "role"),
  itemRule("URL", "urls", escapeUri),
  textRule("BDAY", "birthday", {
    read: (value) => (isBirthday(value) ? value : value.slice(0, 10)),
    accepts: startsWithDate,
  }),
  groupsRule(),
  favouriteRule(),
  textRule("NOTE", "notes", { keepsSpace: true }),
  textRule("PHOTO", "photo", { write: escapeUri, accepts: (value) => /^(?:data|https?):/i.test(value) }),
];

interface TextOptions {
  readonly read?: (value: string) => string;
  readonly write?: (text: string) => string;
  readonly accepts?: (value: string) => boolean;
  readonly meaning?: (value: string) => unknown;
  readonly keepsSpace?: boolean;
}

function textRule(name: string, field: TextField, options: TextOptions = {}): PropertyRule {
  const { read = unescapeText, write = escapeText, accepts = () => true, keepsSpace = false } = options;
  return {
    name,
    field,
    isSingle: true,
    read: ({ value, params }) => {
      if (!accepts(unescapeText(value)) || (name === "BDAY" && params?.["VALUE"] !== undefined)) return null;
      const text = keepsSpace ? read(value) : read(value).trim();
      return text.trim() === "" ? null : { [field]: text };
    },
    split: ({ [field]: text }) => (isFilled(text) ? [{ [field]: text }] : []),
    write: (parts) => parts.map((part) => ({ property: { name, value: write(part[field]!) } })),
    meaning: options.meaning ?? unescapeText,
  };
}

/** One value of several parts. `count` of them are always written. */
function componentsRule(
  name: string,
  fields: readonly (keyof Contact & ("company" | "department" | (typeof nameFields)[number]))[],
  count: number,
  joiner: string,
): PropertyRule {
  return {
    name,
    field: fields[0]!,
    isSingle: true,
    read: ({ value }) => {
      const part = componentFields(value, fields, joiner);
      return Object.keys(part).length === 0 ? null : part;
    },
    split: (contact) => {
      const filled = fields.filter((field) => isFilled(contact[field]));
      return filled.length === 0 ? [] : [Object.fromEntries(filled.map((field) => [field, contact[field]]))];
    },
    write: (parts) =>
      parts.map((part) => ({
        property: {
          name,
          value: joinComponents(
            fields.map((field) => part[field]),
            count,
          ),
        },
      })),
    meaning: componentsMeaning,
  };
}

function itemRule(name: string, field: ItemField, write: (text: string) => string = escapeText): PropertyRule {
  return {
    name,
    field,
    isSingle: false,
    takesLabel: true,
    read: ({ value, params }, label) => {
      const text = unescapeText(value).trim();
      const details = itemDetails(params, label);
      const item: ContactItem = Object.keys(details).length === 0 ? text : { value: text, ...details };
      return text === "" ? null : { [field]: [item] };
    },
    split: (contact) => (contact[field] ?? []).map((item) => ({ [field]: [item] })),
    write: (parts) =>
      parts.map((part) => {
        const [item] = part[field]!;
        const { value, ...details }: ContactValue = typeof item === "string" ? { value: item } : item!;
        return withDetails({ name, value: write(value) }, details);
      }),
    meaning: (value) => unescapeText(value).trim(),
  };
}

function addressRule(): PropertyRule {
  return {
    name: "ADR",
    field: "addresses",
    isSingle: false,
    takesLabel: true,
    read: ({ value, params }, label) => {
      const parts = componentFields(value, addressFields, ", ");
      if (Object.keys(parts).length === 0) return null;
      return { addresses: [{ ...parts, ...itemDetails(params, label) }] };
    },
    split: ({ addresses = [] }) => addresses.map((address) => ({ addresses: [address] })),
    write: (parts) =>
      parts.map((part) => {
        const address: ContactAddress = part.addresses![0]!;
        const value = joinComponents(
          addressFields.map((field) => address[field]),
          addressFields.length,
        );
        return withDetails({ name: "ADR", value }, address);
      }),
    meaning: componentsMeaning,
  };
}

function groupsRule(): PropertyRule {
  return {
    name: "CATEGORIES",
    field: "groups",
    isSingle: false,
    read: ({ value }) => {
      const groups = readList(value);
      return groups.length === 0 ? null : { groups };
    },
    split: ({ groups = [] }) => groups.map((group) => ({ groups: [group] })),
    write: (parts) => [
      { property: { name: "CATEGORIES", value: parts.flatMap(({ groups }) => groups!.map(escapeText)).join(",") } },
    ],
    meaning: readList,
  };
}

function favouriteRule(): PropertyRule {
  return {
    name: "X-FAVORITE",
    field: "favourite",
    isSingle: true,
    read: ({ value }) => (/^(?:[01]|true|false)$/i.test(value) ? { favourite: /^(?:1|true)$/i.test(value) } : null),
    split: ({ favourite }) => (typeof favourite === "boolean" ? [{ favourite }] : []),
    write: ([part]) => [{ property: { name: "X-FAVORITE", value: part!.favourite! ? "1" : "0" } }],
    meaning: (value) => value,
  };
}

type ItemDetails = Omit<ContactValue, "value">;

function itemDetails(params: VcardProperty["params"], label: string | undefined): ItemDetails {
  const types = params?.["TYPE"] ?? [];
  return {
    ...(types.length === 0 ? {} : { types }),
    ...(label === undefined ? {} : { label }),
    ...(params?.["PREF"]?.[0] === "1" ? { preferred: true } : {}),
  };
}

function withDetails(property: VcardProperty, { types = [], label, preferred }: ItemDetails): WrittenProperty {
  const params = { ...(types.length === 0 ? {} : { TYPE: types }), ...(preferred === true ? { PREF: ["1"] } : {}) };
  return { property: Object.keys(params).length === 0 ? property : { ...property, params }, label };
}

function componentFields<Field extends string>(value: string, fields: readonly Field[], joiner: string) {
  const texts = readComponents(value).map((list) => list.join(joiner));
  const filled = fields.map((field, i) => [field, texts[i] ?? ""] as const).filter(([, text]) => text !== "");
  return Object.fromEntries(filled) as { [field in Field]?: string };
}

/** Empty parts at the end are left out, but for those of the first `count`. */
function joinComponents(texts: readonly (string | undefined)[], count: number): string {
  const parts = texts.map((text) => escapeText((text ?? "").trim()));
  while (parts.length > Math.max(count, 1) && parts.at(-1) === "") parts.pop();
  return parts.join(";");
}

function componentsMeaning(value: string): unknown {
  const parts = [...readComponents(value)];
  while (parts.at(-1)?.length === 0) parts.pop();
  return parts;
}

const isFilled = (text: unknown): text is string => typeof text === "string" && text.trim() !== "";
