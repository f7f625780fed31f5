import {
  type Contact,
  contactItemValue,
  contacts,
  normalizeContactName,
  contactName,
} from "@owlivion/sync-client/data-types";
import { ContactIndex } from "./contact-index.ts";
import { type LikelyDuplicate, likelyDuplicates } from "./likely-duplicates.ts";
import { changedFields, mergeImported, normalizeEmail } from "./merge-imported.ts";

export interface ExistingContact {
  readonly id: string;
  readonly contact: Contact;
}

/** What an import does with one contact; several cards of the file may be of one contact. */
export type ImportStep =
  | {
      readonly action: "add";
      readonly contact: Contact;
      /** `random`: the natural key belongs to somebody else, or there is none. */
      readonly recordId: "natural" | "random";
      readonly duplicates: readonly LikelyDuplicate[];
      readonly cards: number;
    }
  | {
      readonly action: "update";
      readonly id: string;
      /** As it will be. */
      readonly contact: Contact;
      /** Only the fields that change. */
      readonly changes: Contact;
      readonly cards: number;
    }
  | { readonly action: "keep"; readonly id: string; readonly contact: Contact; readonly cards: number };

interface Entry {
  readonly id: string | null;
  readonly before: Contact;
  after: Contact;
  cards: number;
  /** Of the first of its cards in the file. */
  place: number;
  readonly recordId: "natural" | "random";
}

const emptyEntry: Entry = { id: null, before: {}, after: {}, cards: 0, place: Infinity, recordId: "random" };

/**
 * Decides what to do with the contacts of a file. A card is a contact that is there when UIDs agree, when an address and the
 * name agree, or when, having neither UID nor address, it says nothing that a contact of its name does not have. Otherwise it is
 * a new one. The same file again changes nothing: for that, what is sure comes first, whatever the order of the cards.
 */
export function planImport(existing: Iterable<ExistingContact>, imported: Iterable<Contact>): readonly ImportStep[] {
  const index = new ContactIndex<Entry>();
  for (const { id, contact } of existing) index.add(contact, { ...emptyEntry, id, before: contact, after: contact });
  const touched = new Set<Entry>();
  const merge = (card: Card, entry: Entry): void => {
    entry.after = mergeImported(entry.after, card.contact);
    entry.cards += card.cards;
    entry.place = Math.min(entry.place, card.place);
    index.add(entry.after, entry);
    touched.add(entry);
  };

  const rest: Card[] = [];
  for (const card of byUid(imported)) {
    const known = preferred(ofUid(index, card.contact), card.contact);
    if (known === undefined) rest.push(card);
    else merge(card, known);
  }
  for (const card of rest.toSorted((a, b) => sureness(b.contact) - sureness(a.contact))) {
    merge(card, findSame(index, card.contact) ?? newEntry(index, card.contact));
  }
  return [...touched].toSorted((a, b) => a.place - b.place).map((entry) => stepOf(index, entry));
}

/** A contact of the file, its cards of one UID made one. */
interface Card {
  readonly contact: Contact;
  readonly place: number;
  readonly cards: number;
}

function byUid(imported: Iterable<Contact>): Iterable<Card> {
  const cards = new Map<string | number, Card>();
  let place = 0;
  for (const contact of imported) {
    const key = hasUid(contact) ? contact.uid! : place;
    const first = cards.get(key);
    cards.set(key, {
      contact: first === undefined ? contact : mergeImported(first.contact, contact),
      place: first?.place ?? place,
      cards: (first?.cards ?? 0) + 1,
    });
    place += 1;
  }
  return cards.values();
}

const hasUid = ({ uid = "" }: Contact): boolean => uid.trim() !== "";

const ofUid = (index: ContactIndex<Entry>, contact: Contact): readonly Entry[] =>
  index.find(contact, "uid").filter((entry) => entry.after.uid === contact.uid);

const hasEmail = ({ emails = [] }: Contact): boolean => emails.some((item) => contactItemValue(item).trim() !== "");

/** The surer it is whose a card is, the earlier it is looked at: later ones see what is known by then. */
const sureness = (contact: Contact): number => (hasUid(contact) ? 2 : hasEmail(contact) ? 1 : 0);

function findSame(index: ContactIndex<Entry>, contact: Contact): Entry | undefined {
  if (sureness(contact) === 0) return ofName(index, contact).find(({ after }) => saysNothingNew(after, contact));
  const ofEmail = index.find(contact, "email and name").filter((entry) => contacts.sameRecord!(entry.after, contact));
  return preferred(ofEmail, contact);
}

/** The one that has had all that the contact has, the one that has it by now, or the first. */
const preferred = (entries: readonly Entry[], contact: Contact): Entry | undefined =>
  entries.find(({ before }) => saysNothingNew(before, contact)) ??
  entries.find(({ after }) => saysNothingNew(after, contact)) ??
  entries[0];

const saysNothingNew = (known: Contact, contact: Contact): boolean =>
  Object.keys(changedFields(known, mergeImported(known, contact))).length === 0;

/** Those of the same name that may have all that the contact has. */
function ofName(index: ContactIndex<Entry>, contact: Contact): readonly Entry[] {
  const name = normalizeContactName(contactName(contact));
  const ofPhone = index.find(contact, "phone and name");
  const found = ofPhone.length > 0 ? ofPhone : index.find(contact, "name");
  return found.filter(({ after }) => normalizeContactName(contactName(after)) === name);
}

function newEntry(index: ContactIndex<Entry>, contact: Contact): Entry {
  const key = keyOf(contact);
  // Whoever has the key by now was found to be somebody else.
  const isTaken = index.find(contact, "email").some(({ before, after }) => [keyOf(before), keyOf(after)].includes(key));
  return { ...emptyEntry, recordId: key === null || isTaken ? "random" : "natural" };
}

function keyOf(contact: Contact): string | null {
  const key = contacts.naturalKey!(contact);
  return key === null ? null : normalizeEmail(key);
}

function stepOf(index: ContactIndex<Entry>, entry: Entry): ImportStep {
  const { id, before, after: contact, cards, recordId } = entry;
  if (id === null) return { action: "add", contact, recordId, duplicates: likelyDuplicates(index, entry), cards };
  const changes = changedFields(before, contact);
  return Object.keys(changes).length === 0
    ? { action: "keep", id, contact, cards }
    : { action: "update", id, contact, changes, cards };
}
