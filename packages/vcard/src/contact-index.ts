import { type Contact, contactItemValue, contactName, normalizeContactName } from "@owlivion/sync-client/data-types";
import { normalizeEmail, normalizePhone } from "./merge-imported.ts";

/** What a contact may be found by. */
export type IndexKey = "uid" | "email" | "phone" | "name" | "words" | "email and name" | "phone and name";

/** Finds what belongs to a contact by its UID, addresses, numbers and name. Keys are added, never taken away. */
export class ContactIndex<Entry> {
  readonly #entries = new Map<string, Set<Entry>>();

  add(contact: Contact, entry: Entry): void {
    for (const key of Object.keys(keysOf) as IndexKey[]) {
      for (const text of keysOf[key](contact)) {
        const place = `${key}:${text}`;
        const entries = this.#entries.get(place);
        if (entries === undefined) this.#entries.set(place, new Set([entry]));
        else entries.add(entry);
      }
    }
  }

  /**
   * Those that share at least one such key with the contact, in the order in which they came. A key that more than `most` have
   * counts for nothing.
   */
  find(contact: Contact, key: IndexKey, most = Infinity): readonly Entry[] {
    const found = keysOf[key](contact).map((text) => this.#entries.get(`${key}:${text}`) ?? new Set<Entry>());
    return [...new Set(found.filter(({ size }) => size <= most).flatMap((entries) => [...entries]))];
  }
}

const keysOf: { readonly [key in IndexKey]: (contact: Contact) => readonly string[] } = {
  uid: ({ uid }) => (uid === undefined || uid.trim() === "" ? [] : [uid]),
  email: ({ emails = [] }) =>
    emails.map((item) => normalizeEmail(contactItemValue(item))).filter((text) => text !== ""),
  // The last digits: whether the country is told differs. Short numbers are no one's own.
  phone: ({ phones = [] }) =>
    phones
      .map((item) => normalizePhone(contactItemValue(item)).replaceAll(/\D/g, ""))
      .filter((digits) => digits.length >= 7)
      .map((digits) => digits.slice(-9)),
  name: (contact) => nonEmpty(normalizeContactName(contactName(contact))),
  // "Yılmaz, Ayşe" and "Ayse Yilmaz" are likely the same.
  words: (contact) => nonEmpty(wordsOf(contactName(contact))),
  "email and name": (contact) => withName(contact, keysOf.email(contact)),
  "phone and name": (contact) => withName(contact, keysOf.phone(contact)),
};

const withName = (contact: Contact, keys: readonly string[]): readonly string[] =>
  keysOf.name(contact).flatMap((name) => keys.map((key) => `${key} ${name}`));

const nonEmpty = (text: string): readonly string[] => (text === "" ? [] : [text]);

const wordsOf = (name: string): string =>
  name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ı", "i")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .toSorted()
    .join(" ");
