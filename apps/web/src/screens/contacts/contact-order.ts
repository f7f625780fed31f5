import { type Contact, contactItemValue, contactName, type StoredRecord } from "@owlivion/sync-client";

export type StoredContact = StoredRecord<Contact>;

const names = new WeakMap<StoredContact, string>();
const searched = new WeakMap<StoredContact, string>();

/** A record that did not change stays the same object, so that this is made once for each. */
export function nameOf(contact: StoredContact): string {
  let name = names.get(contact);
  if (name === undefined) {
    name = contactName(contact);
    names.set(contact, name);
  }
  return name;
}

/** Without case and accents: "sukru" finds "Şükrü", and in any language alike. */
export const folded = (text: string): string =>
  text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ı", "i").toLowerCase();

const searchText = (contact: StoredContact): string => {
  let text = searched.get(contact);
  if (text === undefined) {
    const items = [...(contact.emails ?? []), ...(contact.phones ?? [])].map(contactItemValue);
    text = folded([nameOf(contact), contact.company, contact.nickname, ...items, ...(contact.groups ?? [])].join("\n"));
    searched.set(contact, text);
  }
  return text;
};

const contactsPerRest = 200;

/** Makes ready what a search needs, while nothing else is to be done, so that the first key does not wait for it. Answers how to stop. */
export function warmSearch(contacts: readonly StoredContact[]): () => void {
  let at = 0;
  let timer: ReturnType<typeof setTimeout>;
  const step = (): void => {
    const end = Math.min(contacts.length, at + contactsPerRest);
    for (; at < end; at += 1) searchText(contacts[at]!);
    if (at < contacts.length) timer = setTimeout(step, 10);
  };
  timer = setTimeout(step, 10);
  return () => clearTimeout(timer);
}

/** Every word of the query is somewhere in it. */
export function searchContacts(contacts: readonly StoredContact[], query: string): readonly StoredContact[] {
  const words = folded(query)
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return contacts;
  return contacts.filter((contact) => words.every((word) => searchText(contact).includes(word)));
}

export type ListRow =
  { readonly kind: "letter"; readonly letter: string } | { readonly kind: "contact"; readonly contact: StoredContact };

/** The letter that a name is found under, as the language writes it; `#` for what begins with none. */
export function letterOf(name: string, locale: string): string {
  const first = [...name.trim().normalize("NFC")][0]?.toLocaleUpperCase(locale) ?? "";
  return /\p{L}/u.test(first) ? first : "#";
}

const lettersByLocale = new Map<string, WeakMap<StoredContact, string>>();

/** The same for a contact, made once for each. */
function letterOfContact(contact: StoredContact, locale: string): string {
  let letters = lettersByLocale.get(locale);
  if (letters === undefined) lettersByLocale.set(locale, (letters = new WeakMap()));
  let letter = letters.get(contact);
  if (letter === undefined) letters.set(contact, (letter = letterOf(nameOf(contact), locale)));
  return letter;
}

/** Contacts in their order with a heading before each letter. */
export function groupByLetter(contacts: readonly StoredContact[], locale: string): ListRow[] {
  const rows: ListRow[] = [];
  let last: string | undefined;
  for (const contact of contacts) {
    const letter = letterOfContact(contact, locale);
    if (letter !== last) rows.push({ kind: "letter", letter });
    last = letter;
    rows.push({ kind: "contact", contact });
  }
  return rows;
}

/** As the language sorts; what begins with no letter comes last, what has no name after that. */
export function createContactOrder(locale: string): (a: StoredContact, b: StoredContact) => number {
  const { compare } = new Intl.Collator(locale);
  const rank = (contact: StoredContact): number =>
    nameOf(contact) === "" ? 2 : letterOfContact(contact, locale) === "#" ? 1 : 0;
  return (a, b) => rank(a) - rank(b) || compare(nameOf(a), nameOf(b));
}
