import type { Contact, ContactAddress, ContactItem } from "@owlivion/sync-client/data-types";
import { type VcardVersion, writeVcard } from "@owlivion/sync-vcard";
import { type Place, places } from "./places.ts";
import { RandomSource } from "./random-source.ts";

const companies = [
  "Örnek A.Ş.",
  "Analytical Engines Ltd.",
  "Weiß & Söhne GmbH",
  "Compañía del Sur",
  "Acme, Inc.",
  "株式会社さくら",
];
const titles = ["Müdür", "Software Engineer", "Geschäftsführerin", "Avukat; Arabulucu", "Account Manager", "Professor"];
const groupNames = ["Aile", "Work", "Freunde", "Choir", "Müşteriler", "Neighbours"];
const notes = [
  "Toplantıda tanıştık; e-posta ile yazmayı tercih ediyor.",
  "Prefers to be called after 6 pm.\nBirthday card every year 🎂",
  "Çocukları: Can, Elif. Kahveyi şekersiz içer ☕",
  "Kommt immer zu spät, ist aber sehr nett \\o/",
  'Met at the "Owls & Trains" fair, stand 12; asked for the price list.',
  "Allergic to nuts. Speaks Türkçe, English and a little Français. The garden gate sticks, push hard; ring twice, the dog is friendly.",
];
const mailHosts = ["mail", "posta", "inbox", "letters"];

/**
 * Contacts as address books have them, the same ones for the same seed. E-mail addresses are nobody's: their hosts end in
 * `.example`. One in 200 shares its address with the one before it, as families do.
 */
export function* generateContacts(count: number, seed = 1): Generator<Contact> {
  const random = new RandomSource(seed);
  let previous: Contact = {};
  for (let i = 0; i < count; i += 1) {
    const contact = generateContact(random, i);
    const shared = random.chance(0.005) && previous.name !== contact.name ? previous.emails : undefined;
    previous = shared === undefined ? contact : { ...contact, emails: shared };
    yield previous;
  }
}

/** The same contacts as a vCard file, a card at a time. */
export function* generateVcards(count: number, seed = 1, version: VcardVersion = "3.0"): Generator<string> {
  for (const contact of generateContacts(count, seed)) yield writeVcard(contact, version);
}

function generateContact(random: RandomSource, i: number): Contact {
  // Every third is from the first place: the product's home.
  const place = random.chance(0.34) ? places[0]! : random.pick(places);
  const [given, latinGiven] = latin(random.pick(place.givenNames));
  const [family, latinFamily] = latin(random.pick(place.familyNames));
  const address = `${latinGiven}.${latinFamily}${i}`;
  const company = random.chance(0.5) ? random.pick(companies) : null;
  return {
    name: place.isFamilyNameFirst === true ? `${family} ${given}` : `${given} ${family}`,
    givenName: given,
    familyName: family,
    emails: emails(random, place, address),
    phones: phones(random, place),
    ...(random.chance(0.7) ? { addresses: [postalAddress(random, place)] } : {}),
    ...(company === null ? {} : { company }),
    ...(company === null || random.chance(0.3) ? {} : { title: random.pick(titles) }),
    ...(random.chance(0.35) ? { notes: random.pick(notes) } : {}),
    ...(random.chance(0.25) ? { birthday: birthday(random) } : {}),
    ...(random.chance(0.3) ? { groups: [random.pick(groupNames)] } : {}),
    ...(random.chance(0.05) ? { favourite: true } : {}),
    ...(random.chance(0.1) ? { urls: [`https://${address.replaceAll(".", "-")}.example`] } : {}),
    uid: `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`,
  };
}

function emails(random: RandomSource, place: Place, address: string): ContactItem[] {
  const own = `${address}@${random.pick(mailHosts)}.${place.topLevel}.example`;
  if (random.chance(0.6)) return [own];
  const work = { value: `${address}@work.example`, types: ["work"] };
  return [{ value: own, types: ["home"], preferred: true }, work];
}

function phones(random: RandomSource, place: Place): ContactItem[] {
  const number = (): string =>
    `${random.pick(place.phonePrefixes)} ${random.digits(3)} ${random.digits(2)} ${random.digits(2)}`;
  const cell = { value: number(), types: ["cell"] };
  return random.chance(0.3) ? [cell, { value: number(), types: ["work", "voice"] }] : [cell];
}

function postalAddress(random: RandomSource, place: Place): ContactAddress {
  const floor = random.chance(0.2) ? `\nKat ${random.between(1, 9)}, No: ${random.between(1, 40)}` : "";
  return {
    street: `${random.pick(place.streets)} ${random.between(1, 240)}${floor}`,
    city: random.pick(place.cities),
    postalCode: random.digits(place.postalDigits),
    country: place.country,
    types: [random.chance(0.7) ? "home" : "work"],
  };
}

function birthday(random: RandomSource): string {
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${two(random.between(1, 12))}-${two(random.between(1, 28))}`;
  return random.chance(0.15) ? `--${day}` : `${random.between(1930, 2015)}-${day}`;
}

/** A name, and how it is written in an e-mail address. */
function latin(entry: string): [name: string, latin: string] {
  const [name, written] = entry.split("|");
  const letters = (written ?? name!)
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ı", "i")
    .replaceAll("ł", "l")
    .replaceAll("ß", "ss")
    .replaceAll("đ", "d");
  return [name!, letters.replaceAll(/[^a-z]/g, "")];
}
